#include "kvm/aliases.hpp"

#include <thread>

#include <sys/mman.h>
#include <unistd.h>

#include "lib/safe.hpp"

namespace kproof::kvm {

static constexpr Gpa kTablesGpa = Gva{64} << 30;
static constexpr Gva kAliasGva = Gva{3} << 40;
static constexpr std::size_t kPrefetched = 8;  // PTE_PREFETCH_NUM

// One file with the page tables of the region, and `count` views of it in a row.
static char* repeated_tables(std::size_t region_size, std::size_t count) {
  const std::size_t length = region_size / kPage2M * kPage4K;
  const int fd = static_cast<int>(
      lib::safe::check(::memfd_create("guest page tables", MFD_CLOEXEC), "memfd_create"));
  lib::safe::check(::ftruncate(fd, static_cast<off_t>(length)), "ftruncate");
  auto* tables = static_cast<char*>(lib::safe::mmap(
      nullptr, count * length, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0));
  for (std::size_t i = 0; i < count; ++i)
    lib::safe::mmap(tables + i * length, length, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd,
                    0);
  ::close(fd);
  for (std::size_t i = 0; i < length / kPage4K; ++i)
    PageTables::fill_table(tables + i * kPage4K, kRegionGpa + i * kPage2M);
  return tables;
}

Aliases::Aliases(Machine& machine, std::size_t count)
    : machine_(machine),
      count_(count),
      tables_(repeated_tables(machine.region().length(), count)),
      tables_size_(count * (machine.region().length() / kPage2M) * kPage4K) {
  machine.vm().allow_shadow_pages(static_cast<unsigned>(tables_size_ / kPage4K) + 4096);
  machine.vm().set({.id = kTableSlot, .gpa = kTablesGpa, .size = tables_size_, .host = tables_});
  for (std::size_t i = 0; i < tables_size_ / kPage4K; ++i)
    machine.tables().link_table(kAliasGva + i * kPage2M, kTablesGpa + i * kPage4K);
}

Aliases::~Aliases() {
  machine_.vm().remove(kTableSlot);
  lib::safe::munmap(tables_, tables_size_);
}

Gva Aliases::gva(std::size_t alias) const {
  return kAliasGva + alias * machine_.region().length();
}

static void touch(Vcpu& vcpu, Gva first, std::size_t length) {
  const Exit exit = vcpu.call(GuestProgram::touch,
                              {first, length / kPage4K / kPrefetched, kPrefetched * kPage4K});
  if (!exit.done())
    lib::ktap::bail_out("the guest's reads of the aliases: %s", exit.text().c_str());
}

void Aliases::touch_all() {
  const std::size_t vcpus = machine_.shape().vcpus;
  std::vector<std::thread> threads;
  for (unsigned id = 0; id < vcpus; ++id)
    threads.emplace_back([this, id, vcpus] {
      const Gva first = gva(count_ * id / vcpus), end = gva(count_ * (id + 1) / vcpus);
      touch(machine_.vcpu(id), first, end - first);
    });
  for (std::thread& thread : threads)
    thread.join();
}

}  // namespace kproof::kvm
