// kproof exec KERNEL -- COMMAND: a command in a guest.
#include <memory>
#include <utility>

#include "cli/cli.hpp"
#include "cli/visit.hpp"
#include "cli/visit_end.hpp"

namespace kproof::cli {

// Behind --cell the first word is not a kernel's.
static int exec(VisitOptions& options) {
  if (!options.guest.cell.empty())
    options.argv.insert(options.argv.begin(), std::exchange(options.guest.kernel, ""));
  if (options.argv.empty())
    throw ConfigError("kproof exec: no command", "kproof exec KERNEL -- COMMAND [ARGUMENT]...");
  return visit(options, false);
}

void add_exec(CommandLine& line) {
  Command command = line.add("exec", "Run a command of this host in a guest, and judge the kernel");
  const auto options = std::make_shared<VisitOptions>();
  command.value("KERNEL", options->guest.kernel, kVisitedKernelHelp, Need::required);
  command.words("COMMAND", options->argv, "the command and its arguments, behind --",
                Need::optional);
  add_visit_options(command, *options);
  command.value("--timeout", options->timeout,
                "how long the command may take, 30s or 5m; then its guest is looked at as one that "
                "hangs, and ended (default: as long as it likes)");
  command.footer(
      "The command has the streams of kproof, and its standard input where that is no terminal. " +
      std::string(kVisitedHost) +
      "\n\nThe kernel is judged as kproof run does it: by all that it "
      "prints, from boot to power-off. Taint by modules that the command loads does not "
      "count.\n\n" +
      std::string(kVisitExitCodes));
  command.example("kproof exec ../linux -- uname -a", "the kernel of a build tree");
  command.example("kproof exec linux-image-amd64 --rw -- sh -c './my-test >log'",
                  "a test of the current directory on Debian's kernel; its log stays here");
  command.example("kproof exec mine --plan my.yaml --topology big -- ./my-test",
                  "in the guest that cells of that plan and topology have");
  command.example("kproof exec --plan p.yaml --cell k/l1/mm/a -- sh -c '$KPROOF_CASE'",
                  "the case of a cell by hand, in its very guest");
  command.example("git bisect run sh -c 'make -j8 || exit 125; kproof exec . -- ./my-test'",
                  "a splat is bad, too; what does not build or boot is skipped");
  command.does([options] { return exec(*options); });
}

}  // namespace kproof::cli
