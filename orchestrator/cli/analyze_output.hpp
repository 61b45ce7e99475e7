// What `kproof analyze` prints.
#pragma once

#include <string>
#include <vector>

#include "console/analyzer.hpp"
#include "model/finding.hpp"
#include "symbols/decoder.hpp"

namespace kproof::cli {

struct Analysis {
  std::vector<model::Finding> findings;
  std::vector<std::vector<symbols::DecodedLine>>
      decoded;                     // for each finding; empty without --vmlinux
  std::vector<std::string> notes;  // what could not be done, and known issues that have expired
  std::vector<std::string> blind;  // blind_spots()
  console::Facts facts;
  std::string file;
};

void print_json(const Analysis& analysis);
void print_text(const Analysis& analysis);

}  // namespace kproof::cli
