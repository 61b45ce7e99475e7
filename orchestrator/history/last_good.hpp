// The last run before this one in which its cells were as they should be.
#pragma once

#include "history/store.hpp"
#include "report/last_good.hpp"
#include "report/run_report.hpp"

namespace kproof::history {

// Of each cell of `report` that is not as expected: the last run, begun before `report`, in which
// it passed, and which is still there. Reads run directories; one that cannot be read is passed
// over.
report::LastGoods last_goods(const Store& store, const report::RunReport& report);

}  // namespace kproof::history
