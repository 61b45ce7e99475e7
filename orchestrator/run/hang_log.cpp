#include "run/hang_log.hpp"

#include <fmt/format.h>

namespace kproof::run {

void HangLog::miss(const std::string& title, const std::string& why) {
  add(title, "not collected: " + why);
  missing_.push_back(title + ": " + why);
}

static std::string with_newline(std::string text) {
  std::erase(text, '\r');
  if (!text.ends_with('\n')) text += '\n';
  return text;
}

std::string HangLog::text(const model::Hang& hang, model::Phase phase) const {
  std::string text =
      fmt::format("kproof's hang diagnosis of L{}, in phase {}\n", hang.level, to_string(phase));
  text += fmt::format("class: {}\n{}\n", to_string(hang.kind), hang.reason);
  for (const std::string& cpu : hang.cpus)
    text += cpu + "\n";
  for (const Section& section : sections_)
    text += fmt::format("\n== {} ==\n{}", section.title, with_newline(section.text));
  return text;
}

std::string describe(const agent::Examined& examined) {
  std::string text;
  for (const agent::Task& task : examined.tasks)
    text += fmt::format("task {} of {} ({}): state {}{}, {} switches\n{}", task.tid, task.pid,
                        task.name, task.state, task.wchan.empty() ? "" : ", in " + task.wchan,
                        task.switches, task.stack);
  return text;
}

}  // namespace kproof::run
