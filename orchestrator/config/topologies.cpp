#include <algorithm>
#include <span>

#include <fmt/format.h>

#include "config/sections.hpp"
#include "util/names.hpp"

namespace kproof::config {

static constexpr std::size_t kMostLevels = 3;  // deeper, KVM itself gives no promise
static constexpr unsigned kMaxVcpus = 255;     // xAPIC ids; more need an emulated IOMMU
// The first node holds kernel and initramfs.
static constexpr std::uint64_t kLeastNode = 128ull << 20;

// What memory must be a multiple of. THP takes what is there, the others come in whole pages; and
// libvirt and people count in MiB.
static std::uint64_t unit_of(model::Backing backing) {
  constexpr std::uint64_t kMiB = 1ull << 20;
  return backing == model::Backing::thp ? kMiB : std::max(model::page_size(backing), kMiB);
}

// One of `words`, as the enumerator at its place.
template <class Enum>
static void read_word(Problems& problems, const MaybeValue& value,
                      std::span<const std::string_view> words, const char* what, Enum& out) {
  const auto word = text(problems, value);
  if (!word) return;
  const auto found = std::find(words.begin(), words.end(), *word);
  if (found != words.end() && !word->empty()) {
    out = static_cast<Enum>(found - words.begin());
    return;
  }
  std::vector<std::string> known;
  for (const auto& known_word : words)
    if (!known_word.empty()) known.emplace_back(known_word);
  problems.add(value->mark, fmt::format("unknown {} `{}`", what, *word),
               util::suggest(*word, known, fmt::format("{}s", what)));
}

// The host's own memory can be made of these; what an inner guest's is made of, L1 sets up.
static void read_backing(Problems& problems, const MaybeValue& value, std::size_t depth,
                         model::Backing& out) {
  read_word(problems, value, model::kBackings, "backing", out);
  const bool of_host = out == model::Backing::anonymous || out == model::Backing::hugetlb_2m ||
                       out == model::Backing::hugetlb_1g;
  if (depth == 1 && !of_host)
    problems.add(value->mark, "the host's memory cannot be chosen so: this is L1's backing",
                 "write anonymous, hugetlb-2m or hugetlb-1g, or give it to a guest below `inner:`");
}

static void read_preempt(Problems& problems, const MaybeValue& value, std::string& out) {
  static const std::vector<std::string> kWords{"none", "voluntary", "full"};
  const auto word = text(problems, value);
  if (!word) return;
  out = *word;
  if (std::find(kWords.begin(), kWords.end(), out) == kWords.end())
    problems.add(value->mark, fmt::format("unknown preemption model `{}`", out),
                 util::suggest(out, kWords, "models"));
}

// What is inside has the CPU of what is around it, but for what vm/inner_qemu.cpp takes away.
static void read_cpu(Problems& problems, const MaybeValue& value, std::size_t depth,
                     std::string& out) {
  if (value && depth > 1)
    problems.add(value->key, "a guest inside has the CPU of the guest around it",
                 "leave `cpu` to the outermost level");
  else
    assign(out, text(problems, value));
}

static void read_pmu(Problems& problems, const MaybeValue& value, bool& out) {
  const auto word = text(problems, value);
  if (!word) return;
  if (*word != "on" && *word != "off")
    problems.add(value->node.Mark(), fmt::format("`{}` is no state of a PMU", *word), "on or off");
  out = *word == "on";
}

// A node without a CPU has nobody who could use its memory; and a node's memory comes in whole
// pages.
static void read_numa(Problems& problems, const MaybeValue& value, std::size_t depth,
                      model::Level& level) {
  if (value && depth > 1)
    return problems.add(value->key, "a guest inside has one NUMA node",
                        "leave `numa` to the outermost level");
  assign(level.numa, number(problems, value, 1, kMaxVcpus));
  if (level.numa == 1) return;
  if (level.numa > level.vcpus)
    problems.add(value->mark,
                 fmt::format("`numa: {}` needs a vCPU for each node; this level has {}", level.numa,
                             level.vcpus),
                 fmt::format("write `vcpus: {}`, or fewer nodes", level.numa));
  const std::uint64_t least = std::max<std::uint64_t>(unit_of(level.backing), kLeastNode);
  if (level.memory / level.numa < least)
    problems.add(
        value->mark,
        fmt::format("`numa: {}` divides {} of memory into nodes of less than {}", level.numa,
                    util::format_size(level.memory), util::format_size(least)),
        fmt::format("write `memory: {}`, or fewer nodes", util::format_size(level.numa * least)));
}

// module.parameter: value, as on a kernel's command line.
static void read_params(Problems& problems, const MaybeValue& value, model::Level& level) {
  if (!value) return;
  const Map map(problems, *value, {});
  for (const auto& entry : map.entries()) {
    const auto setting = text(problems, entry);
    const auto dot = entry.name.find('.');
    if (dot == std::string::npos || dot == 0 || dot + 1 == entry.name.size())
      problems.add(entry.key, fmt::format("`{}` is no module parameter", entry.name),
                   "write <module>.<parameter>, for example kvm.nx_huge_pages");
    else if (setting)
      level.params.emplace_back(entry.name, *setting);
  }
}

static void read_levels(Problems& problems, const Value& value, model::Topology& topology);

static void read_inner(Problems& problems, const MaybeValue& inner, model::Topology& topology) {
  if (!inner) return;
  if (topology.levels.size() == kMostLevels)
    problems.add(inner->key, fmt::format("more than {} levels", kMostLevels));
  else
    read_levels(problems, *inner, topology);
}

const std::vector<std::string>& level_keys() {
  static const std::vector<std::string> kKeys{"kernel", "vcpus",   "memory",  "nvdimm", "backing",
                                              "cpu",    "pmu",     "cmdline", "mmu",    "numa",
                                              "params", "preempt", "inner"};
  return kKeys;
}

// A level, and those inside of it.
static void read_levels(Problems& problems, const Value& value, model::Topology& topology) {
  const std::size_t depth = topology.levels.size() + 1;
  const Map map(problems, value, level_keys());
  model::Level level;
  if (depth > 1) {  // small: what it has, the levels around it must have too
    level.vcpus = 1;
    level.memory = 512ull << 20;
  }
  read_backing(problems, map.find("backing"), depth, level.backing);
  const std::uint64_t page = unit_of(level.backing);
  assign(level.kernel, text(problems, map.find("kernel")));
  assign(level.vcpus, number(problems, map.find("vcpus"), 1, kMaxVcpus));
  // Debian's kernels do not reach user space with less than 128M.
  assign(level.memory, size(problems, map.find("memory"),
                            {.min = std::max<std::uint64_t>(page, 128u << 20), .multiple = page}));
  assign(level.nvdimm, size(problems, map.find("nvdimm"), {.min = 0, .multiple = 2u << 20}));
  read_cpu(problems, map.find("cpu"), depth, level.cpu);
  read_pmu(problems, map.find("pmu"), level.pmu);
  level.cmdline = texts(problems, map.find("cmdline"));
  read_word(problems, map.find("mmu"), model::kMmus, "MMU mode", level.mmu);
  read_numa(problems, map.find("numa"), depth, level);
  read_params(problems, map.find("params"), level);
  read_preempt(problems, map.find("preempt"), level.preempt);
  if (level.memory % page != 0)
    problems.add(value.mark,
                 fmt::format("the default memory of `{}` is no multiple of its pages", value.name),
                 "add `memory:`");
  topology.levels.push_back(std::move(level));
  read_inner(problems, map.find("inner"), topology);
}

// A level's kernel that the plan does not name.
static void check_kernels(Problems& problems, const Value& value, const model::Plan& plan,
                          const model::Topology& topology) {
  std::vector<std::string> names;
  for (const auto& kernel : plan.kernels)
    names.push_back(kernel.name);
  for (const auto& level : topology.levels)
    if (!level.kernel.empty() && std::find(names.begin(), names.end(), level.kernel) == names.end())
      problems.add(value.mark,
                   fmt::format("topology `{}` has a level with the kernel `{}`, which the plan "
                               "does not name",
                               topology.name, level.kernel),
                   util::suggest(level.kernel, names, "kernels"));
}

static void check_cpu(Problems& problems, const Value& value, const std::string& cpu,
                      const CpuModels& cpu_models) {
  if (cpu.empty() || cpu == "maximum" || cpu == "host-passthrough") return;
  std::vector<std::string> known = cpu_models();
  if (known.empty() || std::find(known.begin(), known.end(), cpu) != known.end()) return;
  known.insert(known.begin(), {"maximum", "host-passthrough"});
  problems.add(YAML::Node(value.node)["cpu"].Mark(),
               fmt::format("libvirt knows no CPU model `{}`", cpu),
               util::suggest(cpu, known, "models"));
}

void read_topology(Problems& problems, const Value& value, const CpuModels& cpu_models,
                   model::Plan& plan) {
  if (!check_name(problems, value.key, value.name)) return;
  check_new(problems, value, "topology", plan.topologies);
  model::Topology topology{.name = value.name, .place = problems.place(value.key)};
  read_levels(problems, value, topology);
  check_cpu(problems, value, topology.levels[0].cpu, cpu_models);
  check_kernels(problems, value, plan, topology);
  plan.topologies.push_back(std::move(topology));
}

model::Topology default_topology(std::string place) {
  return {.name = "l1", .levels = {model::Level{}}, .place = std::move(place)};
}

void read_topologies(Problems& problems, const MaybeValue& value, const CpuModels& cpu_models,
                     model::Plan& plan) {
  if (!value) return;
  const Map map(problems, *value, {});
  for (auto topology : map.entries()) {
    // `l1:` with nothing behind it is l1 with the defaults.
    if (topology.node.IsNull()) topology.node = YAML::Node(YAML::NodeType::Map);
    read_topology(problems, topology, cpu_models, plan);
  }
  if (value->node.IsMap() && value->node.size() == 0)
    problems.add(value->mark, "`topologies` is empty", "name at least one, or leave the key out");
}

}  // namespace kproof::config
