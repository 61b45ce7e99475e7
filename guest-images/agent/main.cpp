// kproof's agent: PID 1 of every guest. orchestrator/agent/PROTOCOL.md tells what it says to the
// host.
#include <sched.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "program.hpp"
#include "session.hpp"
#include "system.hpp"

using namespace kproof::guest;

// A guest full of busy threads must not look silent: our loop goes before ordinary work. Children
// start as ordinary tasks.
static void raise_priority() {
  sched_param priority{};
  priority.sched_priority = 50;
  ::sched_setscheduler(0, SCHED_RR | SCHED_RESET_ON_FORK, &priority);
}

// Words of the kernel's command line that it does not know become arguments too ("nokaslr", of
// which its decompressor takes note); a case has a path.
static char** case_by_hand(char** argument) {
  while (*argument && **argument != '/')
    ++argument;
  return *argument ? argument : nullptr;
}

// Booted by hand, without a host: load everything, run the case, show all on the console.
static void run_by_hand(const std::vector<std::string>& modules, char** argv) {
  for (const std::string& module : modules) {
    const std::string error = load_module(module);
    if (!error.empty()) print_console("kproof agent: " + error);
  }
  const pid_t pid = ::fork();
  if (pid == 0) {
    ::execv(argv[0], argv);
    ::_exit(127);
  }
  int status = 0;
  while (::waitpid(-1, &status, 0) != pid) {
  }
  print_console("kproof agent: the case ended with wait status " + std::to_string(status));
  ::tcdrain(STDOUT_FILENO);  // or the kernel's last lines would stand in the middle of ours
}

int main(int, char** argv) {
  mount_filesystems();
  raise_priority();
  std::vector<std::string> modules = module_manifest();
  if (char** const words = case_by_hand(argv + 1)) {
    run_by_hand(modules, words);
    power_off();
  }
  std::size_t loaded = 0;
  std::string problem;
  const Port port = Port::open(loaded, problem);
  if (port.is_open()) {
    modules.erase(modules.begin(), modules.begin() + static_cast<std::ptrdiff_t>(loaded));
    Session(port, modules).run();
  } else {
    write_kmsg("kproof agent: " + problem);
  }
  power_off();
}
