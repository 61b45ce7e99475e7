// The plan of a series: a kernel for each row. Pure.
#pragma once

#include <string>
#include <vector>

#include "model/plan.hpp"
#include "series/matrix.hpp"

namespace kproof::series {

// The kernel of the plan with this name, to be built from source; "": the plan's only such one.
// ConfigError, with the choice, for any other.
const model::KernelSpec& find_base(const model::Plan& plan, const std::string& name);

// The base and, for each subject, "<base>+<n>".
std::vector<Row> rows_of(const model::KernelSpec& base, const std::vector<std::string>& subjects);

// `plan` with a kernel of its own for each row, behind the base. Expectations meet rows by these
// names: `kernel: "*"` all of them, `kernel: <base>` the base alone.
model::Plan plan_of(model::Plan plan, const std::vector<Row>& rows);

}  // namespace kproof::series
