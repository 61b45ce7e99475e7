// YAML plan -> model::Plan. Anything wrong is a ConfigError with file:line:col, the source line, a
// caret and the next step (problems.hpp). The format, with every key:
//
//   schema: 1                 required; what this program reads
//   name: quickstart          default: the file's stem
//   include: [common.yaml]    plans whose kernels, topologies, cases, ... this one has, too; paths
//   in
//                             them are relative to them. What stands here counts as the later
//   kernels:
//     debian-6.1:   { label: Debian 6.1, package: linux-image-amd64 }
//     mine:         { path: ../linux }      relative to the plan; ~/ is the home directory
//     built:                  a kernel to build
//       source: { git: ../linux, revision: v6.1 }
//                             or { package: linux-source-6.1 }, or { tarball: linux-6.1.tar.xz }
//       patches: [fix.mbox]   mailboxes, directories, quilt series, files; ranges of the git tree
//       config: tinyconfig    the default; or defconfig, or the path of a .config
//       fragments: [base, dax, ./mine.config]       of kconfigs/fragments, or paths
//       compiler: clang       a program, found in PATH; default: gcc
//   topologies:               default: l1 with the defaults of model/topology.hpp
//     l1: { vcpus: 2, memory: 2G, nvdimm: 4G, backing: anonymous, cpu: maximum, cmdline: [quiet] }
//                             cpu: or host-passthrough, or a model that libvirt knows; default:
//                             maximum under TCG, under KVM a named model (vm::cpu_model)
//                             pmu: on gives a virtual PMU, under KVM; default: off
//                             numa: 2 divides vCPUs and memory among two nodes; default: 1
//     nested:
//       memory: 3G
//       mmu: shadow           of this level's KVM: tdp, tdp-legacy or shadow; proven at run time
//       params: { kvm.nx_huge_pages: "off" }    module parameters
//       preempt: full         none, voluntary or full
//       inner:                a guest inside, with the same keys (but its CPU is that of the guest
//                             around it) and perhaps its own `inner:`
//         kernel: debian-6.12     default: the kernel under test
//         memory: 512M
//         backing: hugetlb-2m     of this guest's RAM in the guest around it; anonymous, thp,
//                                 hugetlb-2m, hugetlb-1g, devdax-2m, devdax-1g
//   templates: [...]          a place for anchors; not read
//   matrix:                   cells from combinations of values, instead of kernels x topologies x
//   cases
//     kernel: { source: { package: linux-source-6.1 }, fragments: [base, kvm] }    what all have
//     topology: { memory: 1G }
//     axes:                   kernels and topologies are named from the values: full-kasan/tdp
//       preempt: [none, full]          named as a key of a kernel or of a topology: values of it;
//       mmu: { np: tdp, sh: shadow }   `revision` is that of `source`
//       debug: { plain: [], kasan: [kasan], big: { memory: 4G, fragments: [lockdep] } }
//                             any other: lists of fragments, or keys of a kernel or a topology.
//                             Lists are appended to what all have, all else replaces it
//     cover: pairwise         full is the default; pairwise; 3-way, to 6-way; sample 20 seed 1.
//                             The same plan gives the same cells, for ever
//     cross: [mmu, case]      each combination that was chosen of the other axes has all values of
//     these:
//                             what is built is built once, and its cells cost little. `case` has
//                             its parameters with it
//     exclude: [ { debug: kasan, case: ["kvm/l2*", kvm/aging] } ]     names or globs of values of
//                             axes, of `case`, of parameters, and of `kernel` and `topology` where
//                             no axis makes them
//     include: [ { debug: kasan, mmu: np } ]      always among the cells; what it leaves open is
//                             the first that is allowed
//     constraints: { kasan: { not: [kcsan] }, lru-gen: { since: v6.1 } } config/constraints.hpp
//   cases:
//     - mm/dax_1g_mprotect    or a glob: mm/*
//     - { case: mm/thp_mprotect, as: mm/thp_small, args: [--size, 4M], timeout: 30s }
//     - { case: kvm/l2_linux, inside: { case: mm/hugetlb_2m_mprotect, args: [--seconds, "1"] } }
//                             `inside`: what the innermost guest runs meanwhile
//     - { case: mm/thp, kernels: [built], topologies: ["l2-*"] }   runs on and in these only
//     - { case: kvm/zap_stall, repetitions: 6 }                    instead of the plan's
//     - { case: kvm/stale_mapping, params: { backing: [anon, thp] } }
//                             kvm/stale_mapping-anon with args --backing anon, and ...-thp; in a
//                             matrix each parameter is an axis
//   repetitions: 1
//   metrics: [stall_max]      names or globs, shown in a table of their own, and compared
//     - { metric: "stall_*", least_change: 20% }
//                             what changes by less is no change (default: 5 %)
//   bounds:                   of metrics: beyond one a cell fails, without the metric it is a miss
//     - kernel: debian-6.12   this, topology and case as in `expect`; all entries that match count
//       case: kvm/zap_stall
//       metrics: { stall_p50: { most: 5000, unit: us }, rounds: { least: 2 } }
//       reason: "..."
//   limits: { boot: 20s, silence: 15s, poweroff: 10s, console: 64M }
//   expect:                   the last entry that matches a cell counts; in `kproof series` rows
//                             are kernels `<base>`, `<base>+1`, ..., so `kernel: <base>` is the
//                             base alone
//     - kernel: debian-6.1    this, topology and case: names or globs, or lists of them
//       topology: l1
//       case: mm/dax_1g_mprotect
//       verdict: fail         or a list, of which any will do: [pass, fail]
//       findings: ["^bad pud$"]              titles that must be found; patterns: util/pattern.hpp
//       may_find: ["^WARNING in foo$"]       that may be
//       subtests: ["^write after PROT_READ"] names that must not be ok
//       may_fail: ["^fork "]                 that need not be
//       allow_skips: ["^hugetlb "]           that may be skipped, and no others
//       skip: { reason: no module }          what the reason of a skip must say; required for an
//       miss: { reason: no /dev/kvm }        expected skip and miss, and good for a hang
//       hang: { reason: deadline }
//       flaky: { most: 1/10, link: https://... }    of the verdicts the first is the rule, and of
//       all
//                             repetitions so many may be another one that the list allows
//       reason: "..."         why; shown in reports
//                             Patterns and globs that match too much go to Plan::warnings.
//   known_issues: known.yaml  relative to the plan; its format: config/known_issues.hpp
//
// A case is <area>/<name>, and so is an alias: ids of cells are directories and must not nest.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "model/plan.hpp"
#include "model/plan_text.hpp"

namespace kproof::config {

// The names of CPUs that a level's `cpu` may be, beside maximum and host-passthrough. Asked only
// where a plan names one; where the list is empty, any name is taken.
using CpuModels = std::function<std::vector<std::string>()>;

// `file` is named in messages; relative kernel paths are below its directory. `home` is what "~/"
// stands for.
model::Plan parse_plan(std::string_view text, const std::filesystem::path& file,
                       const std::filesystem::path& home, const CpuModels& cpu_models);

// Reads `file`; a file that cannot be read is a ConfigError too. `texts` gets what was read.
model::Plan read_plan(const std::filesystem::path& file, const CpuModels& cpu_models,
                      model::PlanTexts* texts = nullptr);

// The same plan from what was read of it, wherever that was; `texts` is not empty. Files that are
// no part of a plan (kernels, patches) are named as they were there.
model::Plan read_plan(const model::PlanTexts& texts, const CpuModels& cpu_models);

}  // namespace kproof::config
