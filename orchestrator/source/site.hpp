// A working tree with what is to be built in it, and who builds there. Internal to source/.
//
// Where kproof is root make runs as a user of the tree alone (build_user.hpp). All that is done in
// a build directory is done with his rights: what lies under a name there is his to choose.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "source/base.hpp"
#include "source/make.hpp"
#include "source/patches.hpp"
#include "source/settings.hpp"
#include "util/user.hpp"

namespace kproof::source {

class Site {
 public:
  // All are borrowed. Nothing is done yet.
  Site(const Base& base, const Patches& patches, const Toolchain& toolchain,
       const Settings& settings);

  const std::filesystem::path& tree() const { return tree_; }
  std::filesystem::path log_of(const std::string& inputs) const;
  const util::User* user() const { return user_ ? &*user_ : nullptr; }
  // What source/ holds when these are built, and that all of the series was found to apply.
  std::string state() const;

  // `work`, with the locks held and in the tree what is to be built. `build`: a directory below the
  // tree, "build-...", of that user; what make prints goes to `log`.
  void enter(const std::string& build, const std::filesystem::path& log,
             const std::function<void(const Make&)>& work) const;
  // `work`, with his rights, when its turn has come. After a kill in it the next one mends what was
  // half written; `failed` is told of what ended by itself, and throws.
  void in_build(const Make& how, const std::function<void()>& work,
                const std::function<void(const Failed&)>& failed) const;
  // What is in the build is whole and taken.
  void finish(const Make& how) const;

  // What make has left there, read with his rights and written as ours: no link of his leads to a
  // file that he could not read, and what he goes on to do to his own is none of ours.
  void take(const std::filesystem::path& from, const std::filesystem::path& to) const;

 private:
  void put_in_order() const;
  void hand_over(const std::filesystem::path& directory) const;

  const Base& base_;
  const Patches& patches_;
  const Toolchain& toolchain_;
  const Settings& settings_;
  const std::filesystem::path tree_;
  std::optional<util::User> user_;
};

}  // namespace kproof::source
