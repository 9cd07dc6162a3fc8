#pragma once

#include <string_view>

namespace quantrail {

/// A named place where a drill may have this process killed: QUANTRAIL_FAIL=NAME:N does so when it comes there for the
/// N-th time (the first without ":N"). Without that variable nothing happens.
void fail_point(std::string_view name) noexcept;

}  // namespace quantrail
