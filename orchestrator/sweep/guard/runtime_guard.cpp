// runtime-guard DIR: tidies up behind a kproof that could not do so itself.
//
// Guests end with kproof in any case (virt/tied/qemu_tied.c). What is left after kill -9, or after
// a second Ctrl-C, are QEMUs that libvirt had daemonised to ask for their capabilities, which
// nothing ties to anybody, and DIR, where all of kproof's sockets and memory files are.
//
// Promises:
//  1. It waits for the end of file on stdin, whose other end kproof holds: kproof is gone then, and
//     so is any child of it that had not come to its exec.
//  2. It kills every QEMU with DIR in its arguments and removes DIR; within a second.
//  3. It ends when kproof ends, whether there was anything to do or not.
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>
#include <thread>

#include <signal.h>
#include <unistd.h>

#include "util/proc_file.hpp"

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

// A process on its way from one exec to the next, or from fork to daemon, is seen in a later look.
static constexpr std::chrono::milliseconds kLookFor{500}, kBetweenLooks{10};

static void wait_for_end_of_file() {
  char ignored;
  for (ssize_t n = 1; n > 0 || (n < 0 && errno == EINTR);)
    n = ::read(STDIN_FILENO, &ignored, 1);
}

static bool works_in(const fs::path& process, const std::string& directory) {
  const std::string arguments = kproof::util::read_proc_file(process / "cmdline");
  const std::string program = arguments.substr(0, arguments.find('\0'));
  return program.find("qemu") != std::string::npos &&
         arguments.find(directory) != std::string::npos;
}

static void kill_all_of(const std::string& directory) {
  std::error_code ignored;  // processes come and go
  for (const auto& entry : fs::directory_iterator("/proc", ignored)) {
    const pid_t pid = std::atoi(entry.path().filename().c_str());
    if (pid > 0 && pid != ::getpid() && works_in(entry.path(), directory)) ::kill(pid, SIGKILL);
  }
}

int main(int argc, char** argv) {
  if (argc != 2 || argv[1][0] != '/') return 2;
  const std::string directory = argv[1];
  wait_for_end_of_file();
  if (!fs::exists(directory)) return 0;  // kproof tidied up
  for (const auto end = Clock::now() + kLookFor; Clock::now() < end;
       std::this_thread::sleep_for(kBetweenLooks))
    kill_all_of(directory);
  std::error_code ignored;  // nobody is left to be told
  fs::remove_all(directory, ignored);
  return 0;
}
