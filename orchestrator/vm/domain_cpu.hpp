// A guest's CPUs and the nodes that they are in, as libvirt wants them. Pure.
#pragma once

#include <pugixml.hpp>

#include "vm/domain_xml.hpp"

namespace kproof::vm {

// Those of its level, and the one that is spared.
unsigned all_vcpus(const GuestSpec& spec);

void add_cpu(pugi::xml_node domain, const GuestSpec& spec);

}  // namespace kproof::vm
