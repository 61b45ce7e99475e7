// One end of a bisection of configs, as a user names it.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "model/plan.hpp"
#include "model/result.hpp"

namespace kproof::cli {

struct ConfigEnd {
  std::string told;          // "kasan, a fragment on top of mine"
  model::BuildSource build;  // the base's, with this end's config and fragments
};

// The cell of an earlier run that `word` names by its directory or its cell.json, if it does.
std::optional<model::CellResult> cell_at(const std::string& word);

// `words` are those of one option (`option`: "--bad"):
//   none                        the base as the plan has it
//   DIR/cells/ID                the config of that cell's kernel, which a run keeps
//   a kernel of the plan        its config and fragments; the rest must be as the base has it
//   tinyconfig, defconfig       that, and the base's fragments
//   a file                      a .config, which stands for itself; or a fragment, told by the
//                               comment in its first line
//   a word                      a fragment of `shipped`
// Fragments, of which there may be several, go on top of the base's. ConfigError for what is none
// of these.
ConfigEnd read_end(const std::string& option, const std::vector<std::string>& words,
                   const model::Plan& plan, const model::KernelSpec& base,
                   const std::filesystem::path& shipped);

}  // namespace kproof::cli
