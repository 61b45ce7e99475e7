#include <algorithm>

#include <fmt/format.h>

#include "config/sections.hpp"
#include "util/names.hpp"

namespace kproof::config {

static std::uint64_t page_size(model::Backing backing) {
  switch (backing) {
    case model::Backing::hugetlb_2m:
      return 2ull << 20;
    case model::Backing::hugetlb_1g:
      return 1ull << 30;
    default:
      return 1ull << 20;  // what libvirt and people count in
  }
}

static void read_backing(Problems& problems, const MaybeValue& value, model::Backing& out) {
  static const std::vector<std::string> kWords{"anonymous", "hugetlb-2m", "hugetlb-1g"};
  const auto word = text(problems, value);
  if (!word) return;
  for (std::size_t i = 0; i < kWords.size(); ++i)
    if (*word == kWords[i]) {
      out = static_cast<model::Backing>(i);
      return;
    }
  problems.add(value->mark, fmt::format("unknown backing `{}`", *word),
               util::suggest(*word, kWords, "backings"));
}

static void read_topology(Problems& problems, const Value& value, model::Plan& plan) {
  constexpr unsigned kMaxVcpus = 255;  // xAPIC ids; more need an emulated IOMMU
  if (!check_name(problems, value.key, value.name)) return;
  const Map map(problems, value, {"vcpus", "memory", "nvdimm", "backing", "cpu", "cmdline"});
  model::Topology topology{.name = value.name};
  read_backing(problems, map.find("backing"), topology.backing);
  const std::uint64_t page = page_size(topology.backing);
  assign(topology.vcpus, number(problems, map.find("vcpus"), 1, kMaxVcpus));
  // Debian's kernels do not reach user space with less than 128M.
  assign(topology.memory,
         size(problems, map.find("memory"),
              {.min = std::max<std::uint64_t>(page, 128u << 20), .multiple = page}));
  assign(topology.nvdimm, size(problems, map.find("nvdimm"), {.min = 0, .multiple = 2u << 20}));
  assign(topology.cpu, text(problems, map.find("cpu")));
  topology.cmdline = texts(problems, map.find("cmdline"));
  if (topology.memory % page != 0)
    problems.add(value.mark,
                 fmt::format("the default memory of `{}` is no multiple of its pages", value.name),
                 "add `memory:`");
  plan.topologies.push_back(std::move(topology));
}

void read_topologies(Problems& problems, const MaybeValue& value, model::Plan& plan) {
  if (!value) {
    plan.topologies.push_back({.name = "l1"});
    return;
  }
  const Map map(problems, *value, {});
  for (auto topology : map.entries()) {
    // `l1:` with nothing behind it is l1 with the defaults.
    if (topology.node.IsNull()) topology.node = YAML::Node(YAML::NodeType::Map);
    read_topology(problems, topology, plan);
  }
  if (value->node.IsMap() && value->node.size() == 0)
    problems.add(value->mark, "`topologies` is empty", "name at least one, or leave the key out");
}

}  // namespace kproof::config
