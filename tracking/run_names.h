#pragma once

#include <string>
#include <string_view>

#include "base/error.h"

namespace quantrail::tracking {

/// Errors: InvalidInput for an empty or long tag, and one with spaces, ',', ':' or control characters, which a filter
/// could not name.
[[nodiscard]] Status check_tag(std::string_view tag);

/// Checks a name that a person gave. Names stand on command lines as RUN and RUN@ITERATION, beside ids and "latest".
/// Errors: InvalidInput.
[[nodiscard]] Status check_run_name(std::string_view name);

/// A name that passes check_run_name, made from any text: of ASCII, what is not a letter, digit, '.', '_' or '-'
/// becomes
/// '-', since names stand on command lines; beyond it, only what a name must not hold.
[[nodiscard]] std::string run_name_from(std::string_view text);

/// "NAME-NUMBER", of the longest start of `name` with which that passes check_run_name.
[[nodiscard]] std::string numbered_name(std::string_view name, int number);

}  // namespace quantrail::tracking
