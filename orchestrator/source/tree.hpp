// One working source tree, in which series are applied in place.
//
// <tree>/source/     the files, patched; those that no patch touches keep their times, so that make
//                    rebuilds what a patch touched and no more
//        pristine/   of each file that a patch ever touched, what the base has
//        absent/     an empty file for each that the base has not
//        build-*/    make's O= directories
//        holds       hash of what source/ holds; not there while it is changed
//        lock        held by each build for all that build of the same files, and for one alone
//                    while they are changed; .build-*: by who builds there
#pragma once

#include <filesystem>
#include <vector>

#include "patch/patch.hpp"

namespace kproof::source {

// The caller of both holds the tree's lock. Each patch must apply without fuzz; else ConfigError
// names it, file and hunk, and how far the series got, and the tree stays as it was.

// Applies them to copies only: would apply() do it?
void require_applicable(const std::filesystem::path& tree,
                        const std::vector<patch::Patch>& patches);

// Makes `tree` what the base is with these patches and no others. After a kill in the middle the
// next call mends it.
void apply(const std::filesystem::path& tree, const std::vector<patch::Patch>& patches);

// Takes all patches back, and what is kept for them: source/ may become another base.
void forget_patches(const std::filesystem::path& tree);

}  // namespace kproof::source
