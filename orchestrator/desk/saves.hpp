// Files that somebody saves: which of them are worth a look, and when a save is over. Pure.
#pragma once

#include <chrono>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace kproof::desk {

// Could a directory below the tree, "mm" or "arch/x86/include/generated", hold a source? What git
// and a build keep for themselves does not, nor what no build reads: each directory that is watched
// costs memory of the kernel's.
bool is_watched(std::string_view directory);

// Could a file below the tree be one? What an editor or a build leaves is none. Whether it really
// differs the snapshot says.
bool is_source(std::string_view file);

// Saves that come together, as "save all" or `git checkout` makes them, are one: it is over when
// nothing came for a while, or when it has gone on for long.
class Saves {
 public:
  using Time = std::chrono::steady_clock::time_point;
  static constexpr std::chrono::milliseconds kQuiet{150}, kLong{2000};

  void add(std::string file, Time now);
  bool any() const { return first_.has_value(); }
  // When it is over, if nothing more comes; nothing while there is none.
  std::optional<Time> over_at() const;
  struct Save {
    std::set<std::string> files;
    Time began;
  };
  // The save that is over by now; what comes later is another.
  std::optional<Save> take(Time now);

 private:
  std::set<std::string> files_;
  std::optional<Time> first_;
  Time last_{};
};

}  // namespace kproof::desk
