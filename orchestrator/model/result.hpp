// Everything that is known of one finished cell: what cell.json holds.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "model/evidence.hpp"
#include "model/finding.hpp"
#include "model/hang.hpp"
#include "model/matrix.hpp"
#include "model/outcome.hpp"
#include "model/topology.hpp"
#include "model/verdict.hpp"

namespace kproof::model {

// A run of the cell that does not count, as QEMU's TCG or this host may have failed and no kernel
// (verdict/doubt.hpp).
struct DiscountedAttempt {
  Verdict verdict = Verdict::broken;
  std::string reason;     // of that verdict
  std::string sign;       // what speaks against that
  std::string directory;  // of its logs, below the run directory
};

struct CellResult {
  std::string id;
  std::string kernel;          // name in the plan
  std::string kernel_label;    // for tables
  std::string kernel_release;  // uname -r, "" when it never said
  std::string kernel_origin;   // package and version, or path
  std::string topology;
  std::string test;  // the case's name (or alias) in the plan
  AxisValues axes;   // of a plan with a matrix
  unsigned repetition = 1;
  std::vector<std::string> args;           // of the case
  std::vector<Level> levels;               // as they were to be booted, L1 first
  std::vector<std::string> command_lines;  // of their kernels
  std::string inputs;                      // hash of all that went in; an equal hash may be reused
  Judgement judgement;
  Expectation expectation;
  std::vector<Finding> findings;
  std::vector<Evidence> evidence;
  std::vector<std::string> unproven;  // evidence that was declared, and that nothing proved
  std::vector<Metric> metrics;
  std::vector<Subtest> subtests;
  std::vector<PhaseTime> phases;
  std::vector<Hang> hangs;                    // one for each guest that hung
  std::vector<DiscountedAttempt> discounted;  // before the one that all the rest here is of
  std::map<std::string, std::string> files;   // role -> path below the run directory
  std::string started;                        // UTC, ISO 8601
  bool reused = false;                        // kept from an earlier run of the same inputs
};

struct HostFacts {
  std::string hostname, os, kernel, cpu;
  unsigned cores = 0;
  std::uint64_t memory = 0;   // bytes
  std::string qemu, libvirt;  // versions
  std::string connection;     // libvirt URI
  Accel accel = Accel::tcg;
  std::string accel_reason;  // the fact behind the choice
};

}  // namespace kproof::model
