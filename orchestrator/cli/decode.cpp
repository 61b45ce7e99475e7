#include "cli/decode.hpp"

#include <set>

#include <fmt/format.h>

#include "cli/kernel_of_log.hpp"
#include "kernel/vmlinux.hpp"
#include "symbols/decoder.hpp"
#include "util/error.hpp"

namespace kproof::cli {

static KernelBuild build_of(const symbols::Object& object, const std::string& file) {
  KernelBuild build = build_in_banner(object.image(), kernel::release_in_banner(object.image()));
  build.build_id = object.build_id();
  if (build.release.empty() && !object.has_symbol("_stext"))
    throw ConfigError(fmt::format("{} is an ELF file and no kernel: it has neither a \"Linux "
                                  "version\" banner nor the symbol _stext",
                                  file),
                      "name the vmlinux that the kernel's build left, or the one of its debug "
                      "package (Debian: linux-image-*-dbg)");
  return build;
}

// What the log says of the kernels that printed it.
static std::set<KernelBuild> builds_of(const Analysis& analysis,
                                       const std::set<KernelBuild>& boots) {
  std::set<KernelBuild> builds;
  for (const model::Finding& finding : analysis.findings)
    builds.merge(builds_in(finding.excerpt));
  return with_banners(builds, boots);
}

static void require_same(Analysis& analysis, const std::set<KernelBuild>& builds,
                         const KernelBuild& ours, const std::string& file) {
  if (const auto differs = difference(builds, ours))
    throw ConfigError(fmt::format("{} was printed by Linux {}, and {} is {}: the functions and "
                                  "lines that it names would be lies",
                                  analysis.file, differs->log, file, differs->file),
                      "name the vmlinux of that kernel, or leave --vmlinux out");
  if (builds.empty())
    analysis.notes.push_back(fmt::format(
        "nothing in the log says which kernel printed it: that it was {} is not proven", file));
}

void decode_all(Analysis& analysis, const std::string& vmlinux, const std::string& modules) {
  symbols::Decoder decoder(vmlinux, modules);
  const KernelBuild ours = build_of(decoder.vmlinux(), vmlinux);
  const std::set<KernelBuild> boots = builds_of(analysis.facts.banners);
  require_same(analysis, builds_of(analysis, boots), ours, vmlinux);
  decoder.expect_release(ours.release);
  for (const model::Finding& finding : analysis.findings) {
    const auto of_report = builds_in(finding.excerpt);
    const auto other =
        difference(of_report.empty() ? of_report : with_banners(of_report, boots), ours);
    analysis.decoded.push_back(other ? std::vector<symbols::DecodedLine>{}
                                     : decoder.decode_all(finding.excerpt));
    if (other)
      analysis.notes.push_back(
          fmt::format("\"{}\" is of Linux {}, and not decoded", finding.title, other->log));
  }
  if (!decoder.vmlinux().has_symbol("_stext"))
    analysis.notes.push_back(vmlinux + " has no symbols: nothing of the kernel itself is decoded");
  analysis.notes.insert(analysis.notes.end(), decoder.notes().begin(), decoder.notes().end());
}

}  // namespace kproof::cli
