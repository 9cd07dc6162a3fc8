#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

namespace quantrail {

/// Why something that the outside world controls went wrong.
enum class Cause {
  InvalidInput,  ///< a file, key or value that the user gave; exit code 2
  Unsupported,   ///< well-formed, but this build cannot do it; exit code 2
  Backend,       ///< a library or the operating system failed; exit code 1
  Storage,       ///< the experiment store or a file could not be read or written; exit code 1
  Blocked,       ///< the same, but for now only (disk full, locked): worth trying again; exit code 1
  Cancelled,     ///< asked to stop; exit code 3
  Owned,         ///< another worker owns the run; exit code 75
};

/// One failure, told to a person: names the file, key or node, what was found and what is allowed.
struct Error {
  Cause cause = Cause::Backend;
  std::string message{};
  bool operator==(const Error&) const = default;
};

template <class T>
using Result = tl::expected<T, Error>;
using Status = Result<void>;

/// `return fail(Cause::InvalidInput, "{}: no such file", path);`
template <class... Args>
[[nodiscard]] tl::unexpected<Error> fail(Cause cause, fmt::format_string<Args...> format, Args&&... args) {
  return tl::unexpected<Error>(Error{cause, fmt::format(format, std::forward<Args>(args)...)});
}

/// Passes an error on: `if (!r) return failed(r);`
template <class T>
[[nodiscard]] tl::unexpected<Error> failed(const Result<T>& result) {
  return tl::unexpected<Error>(result.error());
}

/// Passes an error on with where it happened in front: "context: message".
template <class T>
[[nodiscard]] tl::unexpected<Error> failed(const Result<T>& result, std::string_view context) {
  return tl::unexpected<Error>(Error{result.error().cause, fmt::format("{}: {}", context, result.error().message)});
}

}  // namespace quantrail
