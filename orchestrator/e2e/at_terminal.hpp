// A program of ours at a real terminal, a pty, as a user sits there.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include <sys/types.h>
#include <termios.h>

namespace kproof::e2e {

// A boot under TCG on a loaded machine.
inline constexpr std::chrono::seconds kBoot{300};

// `kproof ARGUMENTS...` in `directory`, at a terminal of its own.
class AtTerminal {
 public:
  using Clock = std::chrono::steady_clock;
  AtTerminal(const std::vector<std::string>& arguments, const std::filesystem::path& directory);
  ~AtTerminal();
  AtTerminal(const AtTerminal&) = delete;
  AtTerminal& operator=(const AtTerminal&) = delete;

  pid_t pid() const { return pid_; }
  void types(const std::string& keys) const;
  void resizes(unsigned short rows, unsigned short columns) const;
  // What comes from here on has `text`; what stands before it is not looked at again.
  bool shows(const std::string& text, Clock::duration deadline);
  bool is_raw() const;
  bool is_as_before() const;
  // The exit code, or -N for the signal that killed it.
  int waits();
  const std::string& screen() const { return screen_; }

 private:
  termios settings() const;
  // False at the end of the terminal, or of the time.
  bool read_until(Clock::time_point end);

  int terminal_ = -1;
  pid_t pid_ = -1;
  termios before_{};
  bool ended_ = false;
  std::string screen_;
  std::size_t seen_ = 0;
};

}  // namespace kproof::e2e
