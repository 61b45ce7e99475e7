// kproof build: a kernel from source, without running anything.
#include <memory>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include "cache/remove.hpp"
#include "cli/cli.hpp"
#include "cli/signals.hpp"
#include "cli/streams.hpp"
#include "kernel/store.hpp"
#include "source/fetch.hpp"
#include "sweep/fragments.hpp"
#include "sweep/installation.hpp"
#include "sweep/prepare.hpp"
#include "sweep/room.hpp"
#include "util/error.hpp"

namespace kproof::cli {
namespace fs = std::filesystem;

struct BuildOptions {
  std::string source, revision, name = "mine";
  model::BuildSource build;
  source::Settings settings;
};

// A directory is a tree with its files as they are, or a git tree where a revision is named; a file
// is a tarball, and a word a package.
static void read_source(BuildOptions& options) {
  const fs::path path = options.source;
  if (fs::is_directory(path) && options.revision.empty())
    options.build.tree = model::WorkTree{path};
  else if (fs::is_directory(path))
    options.build.tree = model::GitRevision{path, options.revision};
  else if (!options.revision.empty())
    throw ConfigError(
        fmt::format("--revision is for a git tree, and {} is no directory", options.source));
  else if (fs::exists(path))
    options.build.tree = model::Tarball{path};
  else if (options.source.find('/') == std::string::npos)
    options.build.tree = model::SourcePackage{options.source};
  else
    throw ConfigError(
        fmt::format("there is no {}", options.source),
        "--source is a source tree, a tarball, or a Debian package: linux-source-6.1");
}

// Of the cases that are there, those that this kernel cannot run, with what it lacks for them.
static void tell_lacking(const model::KernelArtifact& kernel) {
  const auto installation = sweep::Installation::find();
  if (!fs::exists(installation.libexec / "cases")) return;
  const sweep::Kernel built{.artifact = kernel, .config = kernel::Kconfig::load(kernel.config)};
  const auto index = sweep::FragmentIndex::load(installation.fragments());
  const auto hint = [&](const std::string& symbol) { return index.hint(symbol); };
  for (const std::string& name : installation.case_names()) {
    if (name.starts_with("selftest/")) continue;
    const auto unmet = sweep::unmet_needs(built, installation.describe(name, {}).needs, {}, hint);
    if (!unmet.empty()) fmt::print("not for {}: {}\n", name, fmt::join(unmet, "; "));
  }
}

static int build(BuildOptions& options) {
  run::StopRequest stop;
  const SignalWatch signals(stop);
  const bool terminal = ::isatty(STDERR_FILENO);
  const auto say = [terminal](std::string_view line) {
    tell(fmt::format("{}{}\n", terminal ? "\r\033[K" : "", line));
  };
  source::Settings& settings = options.settings;
  require_cache_budget(settings.cache_budget);
  settings.cache = kernel::default_cache();
  settings.fragments = sweep::Installation::find().fragments();
  settings.stop_fd = stop.fd();
  settings.say = say;
  settings.turn = sweep::turn_of_build(
      options.name, [&](const std::string& line) { settings.say(line); }, stop.fd());
  settings.live = terminal ? kernel::Progress([](std::string_view line) {
    tell(fmt::format("\r\033[K{}", line.substr(0, 79)));
  })
                           : source::now_and_then(say);
  read_source(options);
  const auto kernel = source::fetch(
      {.name = options.name, .label = options.name, .source = options.build, .place = ""},
      settings);
  if (terminal) tell("\r\033[K");
  fmt::print("kernel:  {} {} ({})\nboot:    {}\nmodules: {}\nconfig:  {}\n", options.name,
             kernel.release, kernel.origin, kernel.boot_file.string(), kernel.modules_dir.string(),
             kernel.config.string());
  tell_lacking(kernel);
  cache::keep_within(settings.cache, settings.cache_budget, say);
  return kOk;
}

void add_build(CommandLine& line) {
  Command command = line.add("build", "Build a kernel from source, patches and kconfig fragments");
  const auto options = std::make_shared<BuildOptions>();
  command.value("--source", options->source,
                "a source tree, a tarball, or a Debian package: linux-source-6.1", Need::required);
  command.value("--revision", options->revision,
                "of the git tree (default: its files as they are, committed or not)");
  command.list("--patches", options->build.patches,
               "a directory, a quilt series, a mailbox, a patch, or a range of the git tree; may "
               "be repeated");
  command.value("--config", options->build.config,
                "tinyconfig, defconfig or the path of a .config");
  command.list("--fragment", options->build.fragments,
               "a name in kconfigs/fragments, or a path; may be repeated");
  command.value("--name", options->name, "what messages call the kernel");
  command.number("--jobs", options->settings.jobs,
                 "jobs of make (default: $KPROOF_JOBS, or one for each core)");
  command.value("--cc", options->settings.compiler, "the compiler");
  add_cache_budget(command, options->settings.cache_budget);
  add_as_root(command, options->settings.as_root);
  command.footer(
      "Built kernels are kept by the content of all that made them: the same again builds\n"
      "nothing, and a changed patch builds what it touched. `kproof cache` shows the trees, "
      "builds\n"
      "and kernels that are kept, and empties them.\n"
      "Exit code: 0 built, 2 wrong usage, patch, config or code, 69 a fault of this host,\n"
      "130 interrupted (the next build goes on from there).");
  command.example("kproof build --source linux-source-6.12 --fragment base --fragment kvm",
                  "Debian's source, small, with what the KVM cases need");
  command.example("kproof build --source . --config .config --fragment base",
                  "the tree that you stand in, as it is, with its config and what a guest needs");
  command.example("kproof build --source ../linux --revision v6.1 --patches series.mbox",
                  "a series on top of a revision; your checkout is only read");
  command.does([options] { return build(*options); });
}

}  // namespace kproof::cli
