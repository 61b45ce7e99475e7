#include "sweep/jobs.hpp"

#include <doctest/doctest.h>

using namespace kproof;
using namespace kproof::sweep;
using model::Accel;

// A cell of so many levels, whose case is in the innermost one.
static PreparedCell cell_of(std::size_t levels, bool case_needs_kvm) {
  PreparedCell cell;
  cell.levels.resize(levels);
  cell.levels.back().program = "kvm/some";
  cell.levels.back().argv = {"/cases/kvm/some"};
  cell.levels.back().description.needs.kvm = case_needs_kvm;
  return cell;
}

static std::vector<agent::Job> jobs(const PreparedCell& cell, Accel accel) {
  return agent_jobs(cell, accel, std::vector<std::string>(cell.levels.size()));
}

TEST_CASE("a level that holds a guest needs KVM, whatever its case needs") {
  const auto sent = jobs(cell_of(2, false), Accel::kvm);
  CHECK(sent[0].kvm);
  CHECK_FALSE(sent[1].kvm);
}

TEST_CASE("under TCG the CPU 0 of a guest that runs guests is one more than declared, and spared") {
  for (const auto& cell : {cell_of(1, true), cell_of(2, false)}) {
    CHECK(guest_of(cell, Accel::tcg).spare_cpu0);
    CHECK(jobs(cell, Accel::tcg)[0].spare_cpu0);
  }
}

TEST_CASE("CPU 0 is the guest's own where it runs no guests, under KVM, and in a guest inside") {
  CHECK_FALSE(guest_of(cell_of(1, false), Accel::tcg).spare_cpu0);
  CHECK_FALSE(jobs(cell_of(1, false), Accel::tcg)[0].spare_cpu0);
  CHECK_FALSE(guest_of(cell_of(1, true), Accel::kvm).spare_cpu0);
  CHECK_FALSE(jobs(cell_of(2, true), Accel::kvm)[0].spare_cpu0);
  CHECK_FALSE(jobs(cell_of(2, true), Accel::tcg)[1].spare_cpu0);
}
