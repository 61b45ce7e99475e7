// Bytes of a console in, findings out: streaming, in bounded memory, the same result whatever the
// chunks. kmsg_analyzer.hpp is the sibling for /dev/kmsg.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "model/finding.hpp"

namespace kproof::console {

enum class Stamps {
  // Our own guests: their kernel always prints "[ts]"; a line without one was printed by a program.
  required,
  // Any log: once a line had a time stamp, one without starts a finding only if a kernel's report
  // follows, or if the line is complete in itself and this boot's banner had no time stamp; and
  // never if it is set in.
  automatic,
};

struct Options {
  int level = 1;
  model::Source source = model::Source::console;
  Stamps stamps = Stamps::automatic;
  // Says whether user space is known to have written this line through /dev/kmsg (UserRecords).
  // Called for suspicious lines only. The kernel's stream and the console race: analyse live to
  // act at once, and once more when all of kmsg is there, to judge.
  std::function<bool(std::uint64_t usec, std::string_view text)> from_user;
  std::string nonce;  // of the canaries; "": none is awaited
};

// What the kernel's lines say besides findings.
struct Facts {
  bool canary_begin = false, canary_end = false;  // "kproof-canary <nonce> begin" and "... end"
  bool panicked = false;                          // "Kernel panic - not syncing"
  bool oopsed = false;        // a fault of the kernel, or a BUG; it may have survived
  bool power_down = false;    // "reboot: Power down"
  bool powered_off = false;   // the same, behind the end canary
  bool restarting = false;    // "reboot: Restarting system"
  std::string agent_problem;  // "kproof agent: ..." in kmsg: why it cannot talk to the host
  std::string release;        // of the last banner: "6.1.0-56-amd64"
  std::string banner;         // the last one behind "Linux version ", at most 512 bytes
  // The same of the first 16 different ones, in their order: a log may hold several kernels.
  std::vector<std::string> banners = {};
  unsigned boots = 0;  // "Linux version" banners
  // "** N printk messages dropped **" (no time stamp: fakeable), "Missed N kernel messages"
  std::size_t lost_messages = 0;
  // Words of a report that no report followed, from someone who is not known: no findings.
  std::size_t unbelieved = 0;
  std::size_t first_unbelieved = 0;  // its line; 0: none
  std::size_t begins_amid = 0;       // a line among the first that is of a stack trace; 0: none
  std::size_t lines = 0;             // '\n' seen, and an unfinished last line
  std::size_t started = 0;  // reports begun so far: it grows the moment the kernel complains
  std::size_t dropped = 0;  // findings beyond kMostFindings
};

constexpr std::size_t kMostFindings = 256;  // distinct ones kept
constexpr std::size_t kMostExcerpt = 16 << 10;

class Analyzer {
 public:
  explicit Analyzer(Options options = {});
  Analyzer(Analyzer&&) noexcept;
  Analyzer& operator=(Analyzer&&) noexcept;
  ~Analyzer();

  void feed(std::string_view bytes);
  // No more bytes: closes what is open. feed() must not be called again.
  void finish();

  // Findings so far in the order of their first lines, duplicates, which have equal title
  // and fingerprint, folded. A report that is
  // still being printed is among them, under the title that its lines so far give.
  std::vector<model::Finding> findings() const;
  Facts facts() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace kproof::console
