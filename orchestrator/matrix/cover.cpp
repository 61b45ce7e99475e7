#include "matrix/cover.hpp"

#include <algorithm>
#include <numeric>
#include <random>

#include "matrix/tuples.hpp"

namespace kproof::matrix {

// std::shuffle and the distributions of <random> may differ from library to library.
using Random = std::mt19937;

static void shuffle(std::vector<std::size_t>& list, Random& random) {
  for (std::size_t left = list.size(); left > 1; --left)
    std::swap(list[left - 1], list[random() % left]);
}

static std::vector<std::size_t> shuffled(std::size_t size, Random& random) {
  std::vector<std::size_t> list(size);
  std::iota(list.begin(), list.end(), std::size_t{0});
  shuffle(list, random);
  return list;
}

// The values of an axis, those that show most in front; chance decides among equals.
static std::vector<std::size_t> by_gain(const Space& space, const Tuples& tuples, const Row& row,
                                        std::size_t axis, Random& random) {
  std::vector<std::size_t> values = shuffled(space.sizes[axis], random);
  std::vector<std::size_t> gains(values.size());
  for (const std::size_t value : values)
    gains[value] = tuples.gain(row, axis, value);
  std::ranges::stable_sort(values, std::greater{}, [&](auto value) { return gains[value]; });
  return values;
}

// A row around one open tuple: axis by axis in any order, each time the value that shows most and
// that the rules still let become a row.
static Row candidate(const Space& space, const Tuples& tuples, Random& random) {
  Row row = tuples.open_from(random() % tuples.all());
  for (const std::size_t axis : shuffled(space.width(), random)) {
    if (row[axis] != kOpen) continue;
    for (const std::size_t value : by_gain(space, tuples, row, axis, random)) {
      row[axis] = value;
      if (complete(space, row)) break;
    }
  }
  return row;
}

static std::vector<Row> one_try(const Space& space, Tuples tuples, Random& random) {
  constexpr int kCandidates = 30;
  std::vector<Row> rows;
  while (tuples.open() > 0) {
    Row best;
    std::size_t most = 0;
    for (int i = 0; i < kCandidates; ++i) {
      Row row = candidate(space, tuples, random);
      if (const std::size_t shown = tuples.shown_by(row); shown > most) {
        most = shown;
        best = std::move(row);
      }
    }
    tuples.cover(best);
    rows.push_back(std::move(best));
  }
  return rows;
}

// The sum of the products of `strength` sizes: the coefficient of x^strength of prod(1 + size x).
std::size_t work(const Space& space, std::size_t strength) {
  constexpr std::size_t kMost = std::size_t{1} << 31;
  std::vector<std::size_t> sums(strength + 1, 0);
  sums[0] = 1;
  for (std::size_t axis = 0; axis < space.width(); ++axis)
    for (std::size_t i = strength; !space.is_crossed(axis) && i > 0; --i)
      sums[i] = std::min(sums[i] + sums[i - 1] * std::min(space.sizes[axis], kMost), kMost);
  return sums[strength];
}

std::vector<Row> covering(const Space& space, std::size_t strength,
                          const std::vector<Row>& always) {
  // Large spaces take long, and have less to gain from one more try.
  constexpr std::size_t kTries = 30, kWork = 60000;
  Tuples tuples(space, strength);
  for (const Row& row : always)
    tuples.cover(row);
  const std::size_t tries = std::clamp<std::size_t>(kWork / (tuples.open() + 1), 1, kTries);
  Random random(1);
  std::vector<Row> best = one_try(space, tuples, random);
  for (std::size_t i = 1; i < tries; ++i)
    if (auto rows = one_try(space, tuples, random); rows.size() < best.size())
      best = std::move(rows);
  std::ranges::sort(best);
  best.insert(best.begin(), always.begin(), always.end());
  return best;
}

std::vector<Row> sample(std::vector<Row> rows, std::size_t count, std::uint32_t seed) {
  Random random(seed);
  std::vector<std::size_t> chosen = shuffled(rows.size(), random);
  chosen.resize(std::min(count, chosen.size()));
  std::ranges::sort(chosen);
  std::vector<Row> list;
  for (const std::size_t index : chosen)
    list.push_back(std::move(rows[index]));
  return list;
}

Coverage coverage(const Space& space, std::size_t strength, const std::vector<Row>& rows) {
  Tuples tuples(space, strength);
  for (const Row& row : rows)
    tuples.cover(row);
  return {tuples.valid() - tuples.open(), tuples.valid()};
}

}  // namespace kproof::matrix
