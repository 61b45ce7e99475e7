// Axes whose values make kernels, topologies and cases, and which of their combinations are cells.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace kproof::model {

// Of one cell, the values of the axes that have several: ("debug", "kasan").
using AxisValues = std::vector<std::pair<std::string, std::string>>;

struct MatrixAxis {
  std::string name;
  std::vector<std::string> values;              // their names
  bool of_kernel = false, of_topology = false;  // what its values have settings for
};

// Combinations that have, for each term, one of its values on its axis. Axes are those of the
// matrix, `kernel` or `topology` where the matrix makes none, `case`, and the parameters of cases.
struct MatrixRule {
  struct Term {
    std::string axis;
    std::vector<std::string> values;  // names or globs
  };
  std::vector<Term> terms;
  std::string words;  // as the plan says it: "debug: kasan, mmu: shadow", "kcsan: not kasan"
  std::string place;
};

struct Cover {
  enum class Kind { full, tuples, sample };
  Kind kind = Kind::full;
  std::size_t strength = 2;  // of tuples: 2 for pairs
  std::size_t count = 0;     // of a sample
  std::uint32_t seed = 0;
};

struct Matrix {
  std::vector<MatrixAxis> axes;  // empty: the plan has no matrix
  std::vector<MatrixRule> exclude;
  std::vector<MatrixRule> include;  // always among the cells; each term has one value
  Cover cover;
  std::vector<std::string> cross;  // axes of which each chosen combination has all values
  // Of the plan's kernels, those that the matrix makes: each combination of the axes of kernels,
  // the last axis the fastest. None, where no axis is one of kernels. The same of topologies.
  std::vector<std::string> kernels, topologies;
};

}  // namespace kproof::model
