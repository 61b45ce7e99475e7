#include "sweep/cases.hpp"

#include <algorithm>

#include "util/error.hpp"

namespace kproof::sweep {

Cases::Cases(Installation installation, const model::Plan& plan)
    : installation_(std::move(installation)), shelf_(plan) {}

std::vector<std::string> Cases::names() const {
  std::vector<std::string> names = installation_.case_names();
  const auto more = shelf_.names();
  names.insert(names.end(), more.begin(), more.end());
  std::ranges::sort(names);
  return names;
}

model::CaseDescription Cases::describe(const std::string& name,
                                       const std::vector<std::string>& args) const {
  const suites::Member* member = shelf_.find(name);
  return member ? member->description : installation_.describe(name, args);
}

void Cases::fetch(const std::string& name, const Kernel& kernel, const model::KernelSpec& spec,
                  const source::Settings& settings) {
  if (!is_of_suite(name)) return;
  Fetched fetched;
  try {
    fetched.program = shelf_.fetch(name, spec, kernel.artifact.release, settings);
  } catch (const Interrupted&) {
    throw;
  } catch (const std::exception&) {
    fetched.failed = std::current_exception();
  }
  const std::lock_guard lock(mutex_);
  fetched_[{name, spec.name}] = std::move(fetched);
}

CaseProgram Cases::of(const std::string& name, const std::vector<std::string>& args,
                      const std::string& kernel,
                      const std::function<std::string()>& emulator) const {
  if (!is_of_suite(name)) {
    const std::string inside = "/cases/" + name;
    CaseProgram own{.files = {{inside, installation_.case_program(name)}}, .argv = {inside}};
    own.argv.insert(own.argv.end(), args.begin(), args.end());
    return own;
  }
  Fetched fetched;
  {
    const std::lock_guard lock(mutex_);
    fetched = fetched_.at({name, kernel});
  }
  if (fetched.failed) std::rethrow_exception(fetched.failed);
  if (!fetched.program.lacks.empty()) return {.lacks = fetched.program.lacks};
  const bool wants_emulator = shelf_.wants_emulator(name);
  auto guest = shelf_.guest_program(name, args, fetched.program, wants_emulator ? emulator() : "");
  guest.files[guest.argv.front()] = installation_.suite_runner();
  return {std::move(guest.files), std::move(guest.argv), wants_emulator, ""};
}

}  // namespace kproof::sweep
