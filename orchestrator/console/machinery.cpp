#include "console/machinery.hpp"

#include <algorithm>
#include <iterator>
#include <stdexcept>
#include <vector>

#include <re2/re2.h>

namespace kproof::console {

NameSet::NameSet(std::initializer_list<Families> tables)
    : set_(RE2::DefaultOptions, RE2::UNANCHORED) {
  std::string error;
  for (const Families& table : tables)
    for (const char* expression : table)
      if (set_.Add(expression, &error) < 0) throw std::logic_error(error);
  set_.Compile();
}

NameSet::NameSet(std::initializer_list<const char*> expressions)
    : NameSet({Families(expressions.begin(), expressions.size())}) {}

bool NameSet::contains(std::string_view name) const {
  return set_.Match(re2::StringPiece(name.data(), name.size()), nullptr);
}

// Entries that say how a name ends.
static std::vector<const char*> whole_names(std::initializer_list<Families> tables) {
  std::vector<const char*> closed;
  for (const Families& table : tables)
    std::ranges::copy_if(table, std::back_inserter(closed),
                         [](std::string_view expression) { return expression.ends_with('$'); });
  return closed;
}

bool is_machinery(std::string_view function, bool in_module) {
  static const NameSet anywhere({driver_families(), library_families()});
  static const NameSet core({reporting_families(), waiting_families(), data_families()});
  static const std::vector<const char*> whole =
      whole_names({reporting_families(), waiting_families(), data_families()});
  static const NameSet copied({Families(whole)});
  return anywhere.contains(function) || (in_module ? copied : core).contains(function);
}

bool is_reporter(std::string_view function) {
  static const NameSet reporters({"^_*(kasan_|rcu_)?dump_(stack|backtrace)",
                                  "^_*show_(stack|regs|trace)",
                                  "^unwind_backtrace",
                                  "^__?warn",
                                  "^warn_slowpath",
                                  "^(__)?(v)?panic$",
                                  "^print_",
                                  "(^|_)v?printk(_(emit|deferred|default))?$",
                                  "^_*schedule(_|$)",
                                  "^__switch_to",
                                  "^context_switch$",
                                  "^(exc|asm|do|el[01][ht]?)_",
                                  "^report_bug$",
                                  "^bad_(page|range)$",
                                  "^free_page_is_bad",
                                  "^check_(new|free)_page",
                                  "^(object|slab)_(err|bug|fix)$",
                                  "kasan_report",
                                  "^__asan_",
                                  "^rcu_(dump|check|sched_clock|pending)",
                                  "^nmi_",
                                  "^watchdog_",
                                  "^update_process_times$",
                                  "^tick_(sched|nohz|periodic)",
                                  "^_*hrtimer_(interrupt|run)",
                                  "^debug_lockdep_rcu_enabled$",
                                  "^lockdep_rcu_suspicious$"});
  return reporters.contains(function);
}

bool sounds_like_machinery(std::string_view function) {
  static const NameSet words({wording_families()});
  return words.contains(function);
}

}  // namespace kproof::console
