// kproof shell [KERNEL]: a shell in a guest.
#include <cstdlib>
#include <memory>

#include "cli/cli.hpp"
#include "cli/visit.hpp"
#include "cli/visit_end.hpp"

namespace kproof::cli {

static int shell(VisitOptions& options) {
  const char* own = std::getenv("SHELL");
  options.argv = {own && *own == '/' ? own : "/bin/sh"};
  if (options.guest.kernel.empty() && options.guest.plan.empty()) options.guest.kernel = ".";
  return visit(options, true);
}

void add_shell(CommandLine& line) {
  Command command = line.add("shell", "Open a shell in a guest, and judge the kernel");
  const auto options = std::make_shared<VisitOptions>();
  command.value("KERNEL", options->guest.kernel,
                std::string(kVisitedKernelHelp) + " (default: the current directory)");
  add_visit_options(command, *options);
  command.footer(
      "The shell is yours ($SHELL). All keys go to it, also Ctrl-C and Ctrl-Z; \"~.\" at the "
      "beginning of a line ends the guest, whatever it does. " +
      std::string(kVisitedHost) + "\n\n" + std::string(kVisitExitCodes));
  command.example("kproof shell", "in a kernel's build tree: a shell on that kernel");
  command.example("kproof shell linux-image-amd64", "on Debian's kernel");
  command.example("kproof shell --plan quickstart --cell debian-6.1/l1/mm/dax_1g_mprotect",
                  "in the guest of that cell; $KPROOF_CASE runs its case");
  command.example("kproof shell debian-6.1 --plan nested --topology l2-tdp --level 2",
                  "in a guest inside a guest");
  command.does([options] { return shell(*options); });
}

}  // namespace kproof::cli
