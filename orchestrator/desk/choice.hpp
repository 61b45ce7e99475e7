// What is done with a tree that nobody wrote a plan for. Pure.
#pragma once

#include <string>
#include <vector>

#include "desk/tree.hpp"
#include "kconfig/fragment.hpp"
#include "model/kernel.hpp"

namespace kproof::desk {

// What the user said beside the tree.
struct Wishes {
  bool in_tree = false;                // build with make in the tree
  bool add_config = false;             // add what guests and cases need to the tree's config
  std::string config;                  // instead of the tree's; "" for none
  std::vector<std::string> fragments;  // beside it
};

struct Decision {
  bool make = false;     // first `make` in the tree
  bool boot_it = false;  // boots what lies in the tree; else kproof builds
  std::string config;    // of a build: a path, or tinyconfig
  std::vector<std::string> fragments;
  std::string why;  // one sentence for the user
};

// Where the tree has no config of its own it is tinyconfig and config::usual_fragments().
Decision decide(const Tree& tree, const Wishes& wishes);

// Options that `config` (a .config) has not as y or m and these fragments ask for, as one line for
// each fragment that lacks some: "base: CONFIG_PVH, CONFIG_VIRTIO_CONSOLE and 3 more".
std::vector<std::string> lacking(const std::string& config,
                                 const std::vector<kconfig::Fragment>& fragments);

}  // namespace kproof::desk
