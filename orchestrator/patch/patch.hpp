// Patches as values: what a mail or a file says, the order of a series, what a diff touches.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kproof::patch {

struct Patch {
  std::string name;  // for people: "2/3 mm: push mmu notifications up to PUDs", or a file's name
  std::string title = {};  // "mm: push mmu notifications up to PUDs"; a file's name without it
  std::string diff;        // what `git apply` takes; text around the diffs does not matter
  int strip = 1;           // -pN
  std::vector<std::string> files;  // touched, both names of a rename; sorted
};

// "[PATCH RFC v3 2/7] mm: x" -> 2, 7, 3, "mm: x". Version 1 where it says none; number and total 0
// for a patch that is no part of a numbered series.
struct Subject {
  unsigned number = 0, total = 0, version = 1;
  bool reply = false;   // "Re: ..."
  bool tagged = false;  // has a [PATCH]
  std::string title;
};
Subject parse_subject(std::string_view subject);

// Paths that a diff touches, without their first `strip` components; /dev/null is none. ConfigError
// for a path that leaves the tree.
std::vector<std::string> touched_files(std::string_view diff, int strip);

// One mail, or one file of a directory: what order() puts in order.
struct Letter {
  std::string subject;  // unfolded and decoded; "" for a file without headers
  std::string text;     // with the diff
  std::string origin;   // "series.mbox, mail 3" or "0002-x.patch"
};

// The patches of a mailbox, by [PATCH n/m]: replies and the cover letter are left out, of several
// versions the last counts. Without numbers, in the order of the mailbox. ConfigError names a
// number that lacks or is there twice, and a mailbox that holds no patch.
std::vector<Patch> order(std::vector<Letter> letters, const std::string& mailbox);

// Of the numbers in front of file names ("0002-x.patch"), the first that lacks; 0 when none does or
// the files are not numbered. `names` are sorted.
unsigned missing_number(const std::vector<std::string>& names);

// A quilt series file: one patch a line, with options; # starts a comment.
struct SeriesEntry {
  std::string file;
  int strip = 1;
  unsigned line = 0;
};
// ConfigError with file:line for an option that is none of -p0 ... -p9.
std::vector<SeriesEntry> parse_series(std::string_view text, const std::string& file);

}  // namespace kproof::patch
