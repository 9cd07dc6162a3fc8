#pragma once

#include <string>
#include <string_view>

#include "base/error.h"

namespace quantrail::tracking {

/// Checks a name that a person gave. Names stand on command lines as RUN and RUN@ITERATION, beside ids and "latest".
/// Errors: InvalidInput.
[[nodiscard]] Status check_run_name(std::string_view name);

/// A name that passes check_run_name, made from any text: what is not a letter, digit, '.', '_' or '-' becomes '-'.
[[nodiscard]] std::string run_name_from(std::string_view text);

}  // namespace quantrail::tracking
