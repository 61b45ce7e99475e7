// kproof cases, kproof topologies: what there is to run and to run it in, and what each needs.
#include <map>
#include <memory>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "cli/cli.hpp"
#include "cli/help.hpp"
#include "cli/plan_name.hpp"
#include "report/encode.hpp"
#include "sweep/cases.hpp"
#include "util/error.hpp"
#include "util/names.hpp"
#include "util/units.hpp"

namespace kproof::cli {
using Json = nlohmann::ordered_json;
using util::format_size;

namespace {
struct CatalogueOptions {
  std::string word, plan, format = "text";
};

struct NamedTopology {
  std::string plan;
  model::Topology topology;
};
}  // namespace

static std::vector<std::string> needs_in_words(const model::CaseDescription& test) {
  const model::CaseNeeds& needs = test.needs;
  std::vector<std::string> words;
  if (needs.memory) words.push_back(format_size(needs.memory) + " of RAM");
  if (needs.vcpus > 1) words.push_back(fmt::format("{} vCPUs", needs.vcpus));
  if (needs.nvdimm) words.push_back(format_size(needs.nvdimm) + " of NVDIMM");
  if (needs.kvm) words.emplace_back("KVM in the guest");
  if (!test.inside.empty()) words.push_back("a guest inside, which runs " + test.inside);
  for (const std::string& symbol : needs.kconfig)
    words.push_back(symbol);
  for (const std::string& module : needs.modules)
    words.push_back("module " + module);
  for (const std::string& parameter : needs.cmdline)
    words.push_back(parameter);
  for (const auto& [name, value] : needs.sysctls)
    words.push_back(name + "=" + value);
  return words;
}

static void print_case(const model::CaseDescription& test) {
  fmt::print("{}\n{}", test.name, wrap(test.summary, 4, kHelpWidth));
  const auto needs = needs_in_words(test);
  if (!needs.empty())
    fmt::print("{}", wrap(fmt::format("needs {}", fmt::join(needs, ", ")), 4, kHelpWidth));
  fmt::print("    ends within {} on KVM{}\n", util::format_duration(test.timeout),
             test.quiet ? "; measures time, so no other cell runs beside it" : "");
}

static Json case_as_json(const model::CaseDescription& test) {
  Json sysctls = Json::object();
  for (const auto& [name, value] : test.needs.sysctls)
    sysctls[name] = value;
  return {{"name", test.name},
          {"summary", test.summary},
          {"timeout_seconds", static_cast<double>(test.timeout.count()) / 1000},
          {"quiet", test.quiet},
          {"inside", test.inside},
          {"evidence", test.evidence},
          {"needs",
           {{"memory", test.needs.memory},
            {"vcpus", test.needs.vcpus},
            {"nvdimm", test.needs.nvdimm},
            {"kvm", test.needs.kvm},
            {"kconfig", test.needs.kconfig},
            {"modules", test.needs.modules},
            {"cmdline", test.needs.cmdline},
            {"sysctls", std::move(sysctls)}}}};
}

static std::vector<model::CaseDescription> cases_like(const std::string& pattern,
                                                      const std::string& plan) {
  const sweep::Cases cases(sweep::Installation::find(),
                           plan.empty() ? model::Plan{} : read_named_plan(plan, "*"));
  const auto names = cases.names();
  std::vector<model::CaseDescription> found;
  for (const std::string& name : names)
    if (pattern.empty() || util::glob_match(pattern, name))
      found.push_back(cases.describe(name, {}));
  if (found.empty())
    throw ConfigError(fmt::format("there is no case `{}`", pattern),
                      util::suggest(pattern, names, "cases"));
  return found;
}

static int list_cases(const CatalogueOptions& options) {
  const auto found = cases_like(options.word, options.plan);
  if (options.format == "json") {
    Json cases = Json::array();
    for (const auto& test : found)
      cases.push_back(case_as_json(test));
    fmt::print("{}\n", Json{{"schema", 1}, {"kind", "cases"}, {"cases", std::move(cases)}}.dump(1));
    return kOk;
  }
  for (const auto& test : found)
    print_case(test);
  fmt::print("{}; a program's own options: `kproof plan` takes them as `args:`\n",
             util::format_count(found.size(), "case"));
  return kOk;
}

static std::string level_in_words(const model::Level& level) {
  std::string text = fmt::format("{}, {} of RAM", util::format_count(level.vcpus, "vCPU"),
                                 format_size(level.memory));
  const auto add = [&](bool wanted, const std::string& words) {
    if (wanted) text += ", " + words;
  };
  add(level.backing != model::Backing::anonymous, fmt::format("of {}", to_string(level.backing)));
  add(level.nvdimm > 0, fmt::format("{} of NVDIMM", format_size(level.nvdimm)));
  add(level.numa > 1, fmt::format("{} NUMA nodes", level.numa));
  add(level.mmu != model::Mmu::unsaid, fmt::format("KVM's MMU {}", to_string(level.mmu)));
  add(!level.preempt.empty(), "preempt=" + level.preempt);
  add(!level.cpu.empty(), "CPU " + level.cpu);
  add(level.pmu, "a PMU");
  for (const auto& [name, value] : level.params)
    add(true, name + "=" + value);
  for (const std::string& word : level.cmdline)
    add(true, word);
  add(!level.kernel.empty(), "kernel " + level.kernel);
  return text;
}

static std::vector<NamedTopology> topologies_of(const std::string& word) {
  std::vector<NamedTopology> found;
  for (const std::string& name : word.empty() ? shipped_plans() : std::vector{word})
    for (const model::Topology& topology : read_named_plan(name, "*").topologies)
      found.push_back({name, topology});
  return found;
}

static int list_topologies(const CatalogueOptions& options) {
  const auto found = topologies_of(options.word);
  Json topologies = Json::array();
  for (const auto& [plan, topology] : found) {
    Json levels = Json::array();
    std::string text;
    for (std::size_t i = 0; i < topology.levels.size(); ++i) {
      levels.push_back(report::encode(topology.levels[i]));
      text +=
          wrap(fmt::format("L{}: {}", i + 1, level_in_words(topology.levels[i])), 4, kHelpWidth);
    }
    topologies.push_back({{"plan", plan}, {"name", topology.name}, {"levels", std::move(levels)}});
    if (options.format == "text")
      fmt::print("{}{}\n{}", topology.name,
                 options.word.empty() ? fmt::format("  (plan {})", plan) : "", text);
  }
  if (options.format == "json")
    fmt::print(
        "{}\n",
        Json{{"schema", 1}, {"kind", "topologies"}, {"topologies", std::move(topologies)}}.dump(1));
  return kOk;
}

void add_catalogue(CommandLine& line) {
  Command cases = line.add("cases", "List the cases and what each needs");
  const auto of_cases = std::make_shared<CatalogueOptions>();
  cases.value("CASE", of_cases->word, "only those with this name or glob");
  cases.value("--plan", of_cases->plan, "and those of the suites of this plan, by path or name");
  cases.choice("--format", of_cases->format, {"text", "json"}, "text or json");
  cases.example("kproof cases 'kvm/*'", "what hammers KVM, and what it takes");
  cases.example("kproof cases --plan suites 'kselftest-kvm/*'",
                "the kernel's own selftests of KVM that kproof knows");
  cases.does([of_cases] { return list_cases(*of_cases); });

  Command topologies = line.add("topologies", "List the topologies of plans and their guests");
  const auto of_plan = std::make_shared<CatalogueOptions>();
  topologies.value("PLAN", of_plan->word,
                   "a plan, by path or name; without one all that come with kproof");
  topologies.choice("--format", of_plan->format, {"text", "json"}, "text or json");
  topologies.example("kproof topologies nested", "the guests inside of guests of nested.yaml");
  topologies.does([of_plan] { return list_topologies(*of_plan); });
}

}  // namespace kproof::cli
