#include "sweep/jobs.hpp"

#include "run/level_evidence.hpp"
#include "sweep/traces.hpp"
#include "vm/domain_xml.hpp"
#include "vm/inner_qemu.hpp"

namespace kproof::sweep {
using model::Backing;

// Anonymous memory is a file only where a program around the guest is to map it too.
static bool in_file(Backing backing, bool shared) {
  return shared || (backing != Backing::anonymous && backing != Backing::thp);
}

static agent::Inner inner_of(const PreparedLevel& inner, int level, bool shared,
                             const std::string& emulator, model::Accel outermost) {
  vm::InnerGuestSpec spec;
  spec.name = "l" + std::to_string(level);
  spec.emulator = emulator;
  spec.vcpus = inner.level.vcpus;
  spec.memory = inner.level.memory;
  spec.backing = inner.level.backing;
  if (in_file(spec.backing, shared)) spec.memory_file = agent::kInnerRamFile;
  spec.kernel = inner_kernel;
  spec.initramfs = inner_initramfs;
  spec.cmdline = vm::kernel_cmdline(inner.level, inner.cmdline, level);
  spec.console_socket = agent::kInnerConsoleSocket;
  spec.agent_socket = agent::kInnerAgentSocket;
  spec.qmp_socket = agent::kInnerQmpSocket;
  spec.pmu = inner.level.pmu;
  spec.nvdimm = inner.level.nvdimm;
  spec.nvdimm_file = "/run/kproof-nvdimm";
  spec.outermost = outermost;
  return {.argv = vm::inner_qemu_argv(spec),
          .backing = std::string(to_string(spec.backing)),
          .shared = shared,
          .memory = spec.memory};
}

static agent::Job job_of(const PreparedLevel& level) {
  agent::Job job;
  job.argv = level.argv;
  job.sysctls = level.description.needs.sysctls;
  if (level.level.mmu != model::Mmu::unsaid)
    job.environment.emplace_back("KPROOF_MMU", to_string(level.level.mmu));
  job.facts = run::facts_to_ask(level.level);
  return job;
}

// The CPUs of guests inside are KVM's, not QEMU's.
static bool spares_cpu0(const PreparedCell& cell, std::size_t index, model::Accel outermost) {
  return index == 0 && outermost == model::Accel::tcg && runs_guests(cell, index);
}

vm::GuestSpec guest_of(const PreparedCell& cell, model::Accel accel) {
  const PreparedLevel& level = cell.levels.front();
  vm::GuestSpec guest;
  guest.level = level.level;
  guest.accel = accel;
  guest.realtime = level.realtime;
  guest.spare_cpu0 = spares_cpu0(cell, 0, accel);
  guest.cmdline = vm::kernel_cmdline(level.level, level.cmdline);
  return guest;
}

std::vector<agent::Job> agent_jobs(const PreparedCell& cell, model::Accel outermost,
                                   const std::vector<std::string>& nonces) {
  std::vector<agent::Job> jobs;
  for (std::size_t i = 0; i < cell.levels.size(); ++i) {
    const PreparedLevel& level = cell.levels[i];
    agent::Job& job = jobs.emplace_back(job_of(level));
    job.nonce = nonces[i];
    job.kvm = runs_guests(cell, i);
    job.spare_cpu0 = spares_cpu0(cell, i, outermost);
    if (i + 1 == cell.levels.size()) break;
    job.inner = inner_of(cell.levels[i + 1], static_cast<int>(i) + 2, !job.argv.empty(),
                         level.emulator, outermost);
    job.inner->facts = run::facts_of_inner();
  }
  return jobs;
}

std::vector<run::LevelJob> jobs_of(const PreparedCell& cell, model::Accel outermost,
                                   const std::vector<std::string>& nonces) {
  std::vector<run::LevelJob> jobs;
  std::vector<agent::Job> sent = agent_jobs(cell, outermost, nonces);
  for (std::size_t i = 0; i < sent.size(); ++i) {
    jobs.push_back({std::move(sent[i]), cell.levels[i].deadlines});
    jobs.back().address_names = address_names(cell.levels[i]);
  }
  return jobs;
}

}  // namespace kproof::sweep
