// Leases as files of a directory that several machines share, as NFS is.
//
//   <directory>/<key>/<n>.lease    of the n-th attempt (record.hpp); `key` may have slashes
//
// A lease is written beside its place and linked there, which one process alone can do; where the
// file system has no links, it is created with O_EXCL. It is never renamed and never removed:
// the next attempt has the next number. No clock of another machine is looked at.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "lease/decision.hpp"
#include "util/fd.hpp"

namespace kproof::lease {

// One that this process holds. Thread-safe.
class Lease {
 public:
  enum class Beat : std::uint8_t { mine, lost };

  Lease(util::Fd fd, std::filesystem::path file, std::size_t attempt, Record record);
  std::size_t attempt() const { return attempt_; }
  // Says that its holder lives, and mends what others wrote into it. Lost: there is a later
  // attempt, or the file is another's. HostError when it cannot be written.
  Beat beat();
  // Its last word, held no more; without a word that can be written others wait until it is stale.
  void give_back(const std::string& why);
  void fail(const std::string& why);
  void finish();

 private:
  void end(State state, const std::string& why);
  std::mutex mutex_;
  util::Fd fd_;
  std::filesystem::path file_;
  std::size_t attempt_;
  Record record_;
};

class Store {
 public:
  using Clock = std::function<util::Millis()>;  // monotonic
  static util::Millis monotonic();

  Store(std::filesystem::path directory, Holder self, Rules rules, Clock clock = monotonic);

  // What may be done with `key`. How long leases have not changed is counted from when this object
  // first saw them so.
  Decision look(const std::string& key);
  // As attempt `next` of a decision. Nothing when another process was faster. HostError when the
  // directory cannot be written to, as when it is full; then nothing is claimed. `until` is for
  // people.
  std::unique_ptr<Lease> claim(const std::string& key, std::size_t attempt,
                               const std::string& until);
  const Rules& rules() const { return rules_; }

 private:
  struct Sight {
    std::string bytes;
    util::Millis since;
  };
  Seen observe(const std::filesystem::path& file);

  std::filesystem::path directory_;
  Holder self_;
  Rules rules_;
  Clock clock_;
  std::map<std::filesystem::path, Sight> sights_;
};

// Forgets all attempts of `key`, for whoever starts a run anew while nobody else works in it.
void forget(const std::filesystem::path& directory, const std::string& key);

}  // namespace kproof::lease
