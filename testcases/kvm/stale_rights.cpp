// What a vCPU that stands while the host calls mprotect may do afterwards.
#include <cerrno>

#include <sys/mman.h>

#include "kvm/stale.hpp"

namespace kproof::kvm::stale {

std::vector<std::size_t> some_words(const Machine& machine) {
  const std::size_t words = machine.words();
  return {0, words / 2 - 1, words / 2, words - 1};
}

bool expect_lands(Machine& machine, lib::Check& check, std::size_t word, std::uint64_t value,
                  const char* when) {
  const Exit exit = machine.write(word, value);
  if (!check.that(exit.done(), "%s: the guest's write of word %zu: %s", when, word,
                  exit.text().c_str()))
    return false;
  const std::uint64_t seen = *machine.region().word(word);
  return check.that(seen == value, "%s: the guest wrote %#lx to word %zu, the host reads %#lx",
                    when, value, word, seen);
}

static constexpr std::uint64_t kForbidden = 0xdeadbeef;

bool expect_refused(Machine& machine, lib::Check& check, std::size_t word, const char* when) {
  std::uint64_t before = 0, after = 0;
  const bool readable = !lib::try_read(machine.region().word(word), before).happened();
  const Exit exit = machine.write(word, kForbidden);
  check.that(!exit.done(), "%s: the guest's write of word %zu went through", when, word);
  check.that(exit.done() || exit.refused(), "%s: the guest's write of word %zu: %s", when, word,
             exit.text().c_str());
  if (readable && !lib::try_read(machine.region().word(word), after).happened())
    check.that(before == after, "%s: word %zu was %#lx and is %#lx", when, word, before, after);
  return exit.refused();
}

// Each round starts with a write that goes through, so that an SPTE is there to become stale.
void write_after_read_only(Context& context, lib::Check& check) {
  Machine machine = context.machine();
  for (const std::size_t word : some_words(machine)) {
    if (!expect_lands(machine, check, word, word + 1, "read-write")) return;
    if (!machine.region().protect(check, PROT_READ)) return;
    const bool refused = expect_refused(machine, check, word, "after PROT_READ");
    const Exit read = machine.read(word);
    check.that(read.done() && read.result == *machine.region().word(word),
               "after PROT_READ: the guest's read of word %zu: %s, %#lx", word, read.text().c_str(),
               read.result);
    if (!machine.region().protect(check, mm::kReadWrite)) return;
    if (refused) expect_lands(machine, check, word, word + 2, "read-write again");
  }
}

void access_after_none(Context& context, lib::Check& check) {
  Machine machine = context.machine();
  for (const std::size_t word : some_words(machine)) {
    if (!expect_lands(machine, check, word, word + 1, "read-write")) return;
    if (!machine.region().protect(check, PROT_NONE)) return;
    const Exit read = machine.read(word);
    check.that(read.refused(), "after PROT_NONE: the guest's read of word %zu: %s, %#lx", word,
               read.text().c_str(), read.result);
    const bool refused = expect_refused(machine, check, word, "after PROT_NONE");
    if (!machine.region().protect(check, mm::kReadWrite)) return;
    if (!refused) continue;
    // The refused write is still the guest's next instruction.
    const Exit again = machine.vcpu().resume();
    check.that(again.done() && *machine.region().word(word) == kForbidden,
               "read-write again: the refused write of word %zu: %s, the host reads %#lx", word,
               again.text().c_str(), *machine.region().word(word));
  }
}

static void expect_pattern(Machine& machine, lib::Check& check, std::uint64_t value,
                           const char* when) {
  const Exit exit = machine.compare(0, machine.words(), value);
  check.that(exit.done() && exit.result == 0, "%s: the guest: %s, %lu of %zu words differ", when,
             exit.text().c_str(), exit.result, machine.words());
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < machine.words(); ++i)
    wrong += *machine.region().word(i) != value + i;
  check.that(wrong == 0, "%s: the host: %zu of %zu words differ", when, wrong, machine.words());
}

void data_survives_toggles(Context& context, lib::Check& check) {
  Machine machine = context.machine();
  const Exit filled = machine.fill(0, machine.words(), 1);
  if (!check.that(filled.done(), "the guest's writes: %s", filled.text().c_str())) return;
  for (const int first : {PROT_READ, PROT_NONE}) {
    machine.region().protect(check, first);
    machine.region().protect(check, PROT_READ);
    expect_pattern(machine, check, 1, "read-only");
    machine.region().protect(check, mm::kReadWrite);
    expect_pattern(machine, check, 1, "read-write again");
  }
  const Exit again = machine.fill(0, machine.words(), 7);
  check.that(again.done(), "the guest's writes, read-write again: %s", again.text().c_str());
  expect_pattern(machine, check, 7, "written again");
}

// Words [first, first + count) become read-only; those hold, and all others can be written.
static void expect_only_part(Machine& machine, lib::Check& check, std::size_t first,
                             std::size_t count) {
  const std::size_t last = first + count - 1;
  for (const std::size_t word : {first, last}) {
    if (!machine.region().protect(check, mm::kReadWrite)) return;
    if (!expect_lands(machine, check, word, 1, "read-write")) return;
    if (!machine.region().protect(check, PROT_READ, first, count)) return;
    expect_refused(machine, check, word, "after PROT_READ of a part");
  }
  if (first > 0) expect_lands(machine, check, first - 1, 2, "before the read-only part");
  if (last + 1 < machine.words())
    expect_lands(machine, check, last + 1, 2, "behind the read-only part");
  machine.region().protect(check, mm::kReadWrite);
}

void half_the_range(Context& context, lib::Check& check) {
  Machine machine = context.machine();
  const std::size_t half = machine.words() / 2;
  expect_only_part(machine, check, 0, half);
  expect_only_part(machine, check, half, half);
}

void half_an_entry(Context& context, lib::Check& check) {
  Machine machine = context.machine();
  const std::size_t half = context.provider.words_per_entry() / 2;
  if (!expect_lands(machine, check, 0, 1, "read-write")) return;
  if (context.provider.part_of_entry() == mm::PartOfEntry::split)
    return expect_only_part(machine, check, half, half);
  char* base = machine.region().base();
  check.that(::mprotect(base, half * machine.stride(), PROT_READ) != 0 && errno == EINVAL,
             "mprotect of half an entry is not EINVAL");
  expect_lands(machine, check, 0, 2, "in the half that mprotect refused");
  expect_lands(machine, check, half, 2, "in the other half");
}

}  // namespace kproof::kvm::stale
