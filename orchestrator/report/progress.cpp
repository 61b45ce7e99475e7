#include "report/progress.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "report/run_report.hpp"

namespace kproof::report {

static auto find(auto& model, const std::string& id) {
  return std::find_if(model.running.begin(), model.running.end(),
                      [&](const auto& cell) { return cell.id == id; });
}

// "boot", "L2 boot".
static std::string name_phase(model::Phase phase, int level) {
  return (level > 1 ? fmt::format("L{} ", level) : "") + std::string(to_string(phase));
}

namespace {

struct Apply {
  ProgressModel& model;
  util::Millis now;

  void operator()(const CellStarted& e) {
    model.running.push_back({e.id, model::Phase::start, 1, now, now});
  }
  void operator()(const PhaseEntered& e) {
    const auto cell = find(model, e.id);
    if (cell == model.running.end()) return;
    cell->phase = e.phase;
    cell->level = e.level;
    cell->phase_started = now;
  }
  void operator()(const CellFinished& e) {
    const auto cell = find(model, e.id);
    if (cell != model.running.end()) model.running.erase(cell);
    ++model.done;
    model.unexpected += !e.judgement.expected;
  }
};

struct Render {
  const ProgressModel& before;
  util::Millis now;
  const Style& style;

  std::string operator()(const CellStarted& e) { return line(before.done, e.id, "started"); }
  std::string operator()(const PhaseEntered& e) {
    return line(before.done, e.id, name_phase(e.phase, e.level));
  }
  std::string operator()(const CellFinished& e) {
    std::string text = paint(verdict_text(e.judgement, e.left_out.size()), e.judgement, style);
    const auto cell = find(before, e.id);
    if (e.reused) text += ", kept from an earlier run";
    if (cell != before.running.end())
      text += fmt::format(" in {}", util::format_duration(now - cell->started));
    if (e.judgement.verdict != model::Verdict::pass || !e.judgement.expected)
      text += ": " + printable(e.judgement.reason);
    else if (!e.left_out.empty())
      text += ": skipped " + printable(e.left_out.front());
    return line(before.done + 1, e.id, text);
  }
  std::string line(std::size_t done, const std::string& id, std::string_view text) {
    return fmt::format("[{:>6}] [{}/{}] {}: {}", util::format_duration(now), done, before.total, id,
                       text);
  }
};

}  // namespace

void apply(ProgressModel& model, const ProgressEvent& event, util::Millis now) {
  std::visit(Apply{model, now}, event);
}

std::string render_event(const ProgressModel& before, const ProgressEvent& event, util::Millis now,
                         const Style& style) {
  return std::visit(Render{before, now, style}, event);
}

std::string render_block(const ProgressModel& model, util::Millis now, const Style& style) {
  // One column short: a full line would wrap on some terminals.
  const std::size_t width = style.width > 1 ? style.width - 1 : 1;
  std::string head = fmt::format("{}/{} cells, {} running, {} elapsed", model.done, model.total,
                                 model.running.size(), util::format_duration(now));
  if (model.unexpected > 0) head += fmt::format(", {} unexpected", model.unexpected);
  // The cursor stands below the block, and what has scrolled away cannot be erased.
  const std::size_t room = style.height > 3 ? style.height - 2 : 1;
  const std::size_t running = model.running.size();
  const std::size_t shown = running <= room ? running : room - 1;
  std::string out = shorten(head, width) + "\n";
  for (std::size_t i = 0; i < shown; ++i) {
    const auto& cell = model.running[i];
    out += shorten(fmt::format("  {}  {} {} ({})", cell.id, name_phase(cell.phase, cell.level),
                               util::format_duration(now - cell.phase_started),
                               util::format_duration(now - cell.started)),
                   width) +
           "\n";
  }
  if (shown < running) out += shorten(fmt::format("  and {} more", running - shown), width) + "\n";
  return out;
}

}  // namespace kproof::report
