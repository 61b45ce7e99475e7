#include "thin/choice.hpp"

#include <algorithm>

namespace kproof::thin {

static Choice::Part part_of(const OldRun& run, Use use) {
  Choice::Part part{run.directory, {}, 0};
  for (const File& file : run.files) {
    if (file.use != use) continue;
    part.files.push_back(file);
    part.bytes += file.bytes;
  }
  return part;
}

Choice choose(std::vector<OldRun> runs, const Rules& rules) {
  Choice choice;
  for (const OldRun& run : runs)
    choice.before += run.bytes;
  choice.after = choice.before;
  std::erase_if(runs, [&](const OldRun& run) {
    return run.ended.empty() || run.ended >= rules.ended_before;
  });
  std::ranges::stable_sort(runs, {}, &OldRun::ended);
  for (const Use use : {Use::passed, Use::expected})
    for (const OldRun& run : runs) {
      if (choice.after <= rules.budget) return choice;
      Choice::Part part = part_of(run, use);
      if (part.files.empty()) continue;
      choice.after -= part.bytes;
      choice.parts.push_back(std::move(part));
    }
  return choice;
}

}  // namespace kproof::thin
