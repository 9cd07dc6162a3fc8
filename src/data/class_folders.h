#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "data/class_names.h"

namespace quantrail {

/// A subfolder of an image folder.
struct ClassFolder {
  std::string name{};
  bool has_images = true;
};

struct FolderLabels {
  std::vector<std::optional<std::int64_t>> labels{};  ///< by folder; nothing: it is no class
  std::vector<std::string> notes{};                   ///< what a person should know of them
};

/// The labels that subfolders stand for, which come sorted by name. With `names` their places there. Else, where all
/// names are different integers that the network has scores for, these numbers; otherwise the folders' places. Folders
/// without images are left out where there are as many others as classes.
/// `classes`: how many the network has scores for; 0: not known. Errors: InvalidInput for a folder with images that
/// `names` lacks.
[[nodiscard]] Result<FolderLabels> folder_labels(const std::vector<ClassFolder>& folders,
                                                 const std::optional<ClassNames>& names, std::int64_t classes);

}  // namespace quantrail
