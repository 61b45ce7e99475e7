// The claims of all runs of this host, in files that all of them see.
//
// Promises:
//  1. What a run claims is seen by every other one, also of another user, before its cells start
//     and until it takes it back.
//  2. A claim ends with its process, however that ends, kill -9 too: it is a lock of the kernel's
//     (flock) on the run's own file, and a file without its lock claims nothing.
//  3. No two runs decide at the same time. The directory itself is the lock. One that is kept for
//     longer than a second, by a process that is stopped or means harm, is not waited for.
//  4. Whatever else lies in the directory claims nothing and breaks nothing: files of dead runs
//     (which are removed), links, pipes, directories, files that are not for us, garbage.
//  5. What a run that waits wants counts while it is alive and awake: for kFresh after it looked.
//  6. Who waits is woken when a claim changes or its process ends: changed().
//  7. Where no directory can be used a run goes on by itself; problem() says why.
//
// It is a treaty of runs, not a wall between users: one who means harm can claim the whole host,
// or, where the directory is his, take away what others wrote. Then messages name him and his
// process, and $KPROOF_CLAIMS leads to another directory. Containers whose /run and /tmp are their
// own do not see each other, unless $KPROOF_CLAIMS names a directory that they share.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "resources/claim.hpp"
#include "util/fd.hpp"

namespace kproof::resources {

class Ledger {
 public:
  static constexpr std::chrono::seconds kFresh{10};

  // $KPROOF_CLAIMS, else /run/lock/kproof and /tmp/kproof-claims: the first that can be used is
  // written to, and all are read, as other users may have no right to the first.
  static std::vector<std::filesystem::path> usual_directories();

  // Claims nothing yet. `mine` has run, pid and place.
  Ledger(std::vector<std::filesystem::path> directories, Claim mine);
  ~Ledger();
  Ledger(const Ledger&) = delete;
  Ledger& operator=(const Ledger&) = delete;

  // Has `work` see what the others claim and change `held` and `wanted` of ours, while nobody else
  // does the same.
  using Work = std::function<void(const std::vector<Claim>& others, Claim& mine)>;
  void decide(const Work& work);

  // Readable when others' claims have changed, until drain(); -1 where the kernel cannot tell. A
  // lock goes a moment after the file is closed, and some file systems tell nothing: who waits
  // looks again after a few seconds all the same.
  int changed() const noexcept { return changes_.get(); }
  void drain() const noexcept;

  // Why the claims of others are not seen, or ours not by them; "" if they are.
  const std::string& problem() const noexcept { return problem_; }
  // Where ours is; "" for nowhere.
  std::string directory() const;

 private:
  struct Directory {
    std::filesystem::path path;
    util::Fd fd;
  };
  void open_directories();
  bool publish(const Directory& in);
  bool publish_anywhere();
  void write();
  std::vector<Claim> read_all();
  void read_directory(const Directory& directory, std::vector<Claim>& claims) const;

  const std::vector<std::filesystem::path> paths_;
  std::vector<Directory> directories_;  // those that are open, in the order of paths_
  Claim mine_;
  util::Fd file_, changes_;
  std::filesystem::path written_in_;
  std::string name_, text_, problem_;
};

}  // namespace kproof::resources
