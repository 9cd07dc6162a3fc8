#pragma once

#include "base/error.h"
#include "tracking/store.h"

namespace quantrail::tracking {

/// Reads the whole store: pages, indexes and references between tables. Errors: Storage, with the first thing that is
/// wrong.
[[nodiscard]] Status checked(const Store& store);

}  // namespace quantrail::tracking
