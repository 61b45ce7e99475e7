// All cases that a plan may name: kproof's own programs, and those of its suites.
#pragma once

#include <exception>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "model/plan.hpp"
#include "suites/shelf.hpp"
#include "sweep/installation.hpp"
#include "sweep/prepare.hpp"

namespace kproof::sweep {

class Cases {
 public:
  // ConfigError for a suite that is none.
  Cases(Installation installation, const model::Plan& plan);

  std::vector<std::string> names() const;  // sorted
  // As Installation::describe() has it.
  model::CaseDescription describe(const std::string& name,
                                  const std::vector<std::string>& args) const;

  // A program of a suite is built for a kernel before it is asked for; one of kproof's own is
  // there. What fetch() throws is kept for of(), but Interrupted, which passes through. Of any
  // thread.
  void fetch(const std::string& name, const Kernel& kernel, const model::KernelSpec& spec,
             const source::Settings& settings);
  // `emulator` is asked for where the case wants one: QEMU's path in the guest.
  CaseProgram of(const std::string& name, const std::vector<std::string>& args,
                 const std::string& kernel, const std::function<std::string()>& emulator) const;
  bool is_of_suite(const std::string& name) const { return shelf_.find(name) != nullptr; }

 private:
  struct Fetched {
    suites::Program program;
    std::exception_ptr failed;
  };
  const Installation installation_;
  suites::Shelf shelf_;
  mutable std::mutex mutex_;                                        // of what follows
  std::map<std::pair<std::string, std::string>, Fetched> fetched_;  // case, kernel
};

}  // namespace kproof::sweep
