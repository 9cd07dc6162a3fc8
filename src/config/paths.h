#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/error.h"

namespace quantrail {

/// `text` with every ${NAME} replaced by that environment variable; $${ stands for ${ itself.
/// Errors: InvalidInput for a variable that is not set and for ${ without }.
[[nodiscard]] Result<std::string> expanded(std::string_view text);

/// The inverse of expanded() for a text without variables.
[[nodiscard]] std::string escaped(std::string_view text);

/// The path that `text` means in a configuration that lies in `folder`: expanded, absolute, without . and .. steps.
/// Errors: as expanded(), and for an empty text.
[[nodiscard]] Result<std::filesystem::path> resolved_path(std::string_view text, const std::filesystem::path& folder);

}  // namespace quantrail
