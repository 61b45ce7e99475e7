// What a lease says: who has it, and that he lives. Text of a fixed size, so that it is rewritten
// in place; a checksum ends it, so that no half of it is believed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace kproof::lease {

// A process, told from all others of all machines and boots.
struct Holder {
  std::string host;           // its name
  std::string boot_id;        // of /proc/sys/kernel/random/boot_id
  std::string pid_namespace;  // a pid means nothing in another one: "pid:[4026531836]"
  std::int64_t pid = 0;
  std::uint64_t start_time = 0;  // field 22 of /proc/PID/stat: a pid is given again
  std::string worker;            // a name for people: "slurm-17_3 on node4"
  bool operator==(const Holder&) const = default;
};

enum class State : std::uint8_t {
  held,
  given_back,  // its holder ends, and it was no fault: this attempt does not count
  failed,      // by a fault of its host, told in Record::why
  done,
};

struct Record {
  Holder holder;
  State state = State::held;
  std::uint64_t beat = 0;  // grows while the holder lives
  std::string since;       // UTC, for people; no clock of another host is ever compared
  std::string until;       // the time by which the holder means to have finished; for people
  std::string why;         // of one that was given back, or failed: "SIGTERM"
};

inline constexpr std::size_t kRecordSize = 1024;

// kRecordSize bytes; what is too long is cut.
std::string to_text(const Record& record);
// Nothing for what is corrupt: another size, another form, a wrong checksum.
std::optional<Record> parse(std::string_view text);

// This process, under that name.
Holder this_process(std::string worker);
// Of a process on this host, this boot and this pid namespace: does it still run? Nothing is known
// of any other.
std::optional<bool> runs(const Holder& holder, const Holder& self);

}  // namespace kproof::lease
