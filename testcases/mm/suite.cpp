#include "mm/suite.hpp"

#include <algorithm>
#include <iterator>
#include <string>
#include <vector>

#include "lib/ktap.hpp"

namespace kproof::mm {

const char* size_evidence(std::size_t entry_size) {
  if (entry_size == kPudSize) return "mapping_is_pud";
  return entry_size == kPmdSize ? "mapping_is_pmd" : "mapping_is_pte";
}

static std::vector<lib::Option> options(const Suite& suite, Scale& scale) {
  std::vector<lib::Option> options{
      {.name = "--size", .help = "bytes to map (64M, 2G)", .size = &scale.size},
      {.name = "--touch",
       .help = "distance of the touches that prove the entry size (4K)",
       .size = &scale.touch}};
  if (suite.races)
    options.push_back(
        {.name = "--seconds", .help = "length of the race", .number = &scale.seconds});
  if (suite.random)
    options.push_back({.name = "--seed", .help = "of what is random (1)", .count = &scale.seed});
  return options;
}

static void check_scale(const Scale& scale, std::size_t entry_size) {
  const std::size_t two = 2 * entry_size, stride = stride_of(entry_size);
  if (scale.size == 0 || scale.size % two != 0)
    lib::usage_error("--size must be a multiple of %s (two entries)", size_text(two).c_str());
  if (scale.touch == 0 || scale.touch % kPageSize != 0 || scale.touch > stride)
    lib::usage_error("--touch must be a multiple of 4K and at most %s", size_text(stride).c_str());
}

int run_suite(int argc, char** argv, const lib::Description& description, const Suite& suite,
              std::size_t entry_size, std::uint64_t default_size, const MakeProvider& make) {
  Scale scale{.size = default_size, .touch = stride_of(entry_size)};
  lib::Case test(argc, argv, description, options(suite, scale));
  check_scale(scale, entry_size);
  const auto provider = make(scale.size);
  Context context{test, *provider, scale, nullptr};
  std::vector<Behaviour> behaviours;
  std::copy_if(suite.behaviours.begin(), suite.behaviours.end(), std::back_inserter(behaviours),
               [&](const Behaviour& behaviour) { return behaviour.applies(*provider); });
  test.plan(static_cast<unsigned>(behaviours.size()));
  if (suite.first) suite.first(context);
  prove_entry_size(context);
  for (const Behaviour& behaviour : behaviours)
    test.run(behaviour.name, [&](lib::Check& check) { behaviour.body(context, check); });
  if (suite.last) suite.last(context);
  return test.finish();
}

}  // namespace kproof::mm
