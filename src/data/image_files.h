#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "data/image_source.h"

namespace quantrail {

/// One image file of a data set.
struct ImageFile {
  std::filesystem::path path{};
  std::optional<std::int64_t> label{};
  std::string origin{};         ///< where it is named: "val.txt:12"; empty when it was found in a folder
  std::string_view where = {};  ///< what to say of `path` where there is no such file; empty: nothing
};

/// The files as a source that says `notes`. Precondition: at least one. Errors: InvalidInput for the first that is
/// missing, empty or no file.
[[nodiscard]] Result<ImageSourcePtr> make_image_files(std::vector<ImageFile> files,
                                                      std::vector<std::string> notes = {});

}  // namespace quantrail
