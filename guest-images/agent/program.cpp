#include "program.hpp"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

namespace kproof::guest {

[[noreturn]] static void become(const std::vector<std::string>& argv,
                                const Environment& environment, int out, int err) {
  ::setsid();
  ::dup2(::open("/dev/null", O_RDONLY), 0);
  ::dup2(out, 1);
  ::dup2(err, 2);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  if (::chdir("/tmp") != 0) std::perror("chdir /tmp");
  for (const auto& [name, value] : environment)
    ::setenv(name.c_str(), value.c_str(), 1);
  std::vector<char*> words;
  for (const std::string& word : argv)
    words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  ::execv(words[0], words.data());
  std::fprintf(stderr, "%s: %s\n", words[0], std::strerror(errno));
  ::_exit(127);
}

std::string start(const std::vector<std::string>& argv, const Environment& environment,
                  Program& program) {
  int out[2], err[2];
  if (argv.empty()) return "no program in the job";
  if (::pipe2(out, O_CLOEXEC) != 0 || ::pipe2(err, O_CLOEXEC) != 0)
    return std::string("pipe: ") + std::strerror(errno);
  program.pid = ::fork();
  if (program.pid == 0) become(argv, environment, out[1], err[1]);
  ::close(out[1]);
  ::close(err[1]);
  program.out = out[0];
  program.err = err[0];
  return program.pid < 0 ? std::string("fork: ") + std::strerror(errno) : "";
}

}  // namespace kproof::guest
