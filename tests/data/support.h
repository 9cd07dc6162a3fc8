#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/hash.h"
#include "data/dataset.h"
#include "data/image.h"
#include "model/graph.h"

namespace quantrail {

inline std::filesystem::path fixture(const std::string& name) {
  return std::filesystem::path(QUANTRAIL_SOURCE_DIR) / "tests/data/fixtures" / name;
}

/// An image whose values count up from 0, modulo 256.
inline Image ramp(ImageSize size) {
  Image image = Image::of_size(size);
  for (std::size_t i = 0; i < image.values.size(); ++i) image.values[i] = static_cast<std::uint8_t>(i);
  return image;
}

/// A folder that is removed, with all that is in it, when it goes out of scope.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "quantrail-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  std::filesystem::path write(const std::string& name, std::string_view content) const {
    const auto target = path_ / name;
    std::filesystem::create_directories(target.parent_path());
    std::ofstream(target, std::ios::binary).write(content.data(), static_cast<std::streamsize>(content.size()));
    return target;
  }
  std::filesystem::path copy(const std::string& name, const std::filesystem::path& from) const {
    std::filesystem::create_directories((path_ / name).parent_path());
    std::filesystem::copy_file(from, path_ / name);
    return path_ / name;
  }

 private:
  std::filesystem::path path_;
};

/// A .npy file of version 1 with the given header dictionary and data.
inline std::string npy_text(std::string dictionary, std::string_view data) {
  dictionary += '\n';
  std::string text("\x93NUMPY\x01\x00", 8);
  text += static_cast<char>(dictionary.size() % 256);
  text += static_cast<char>(dictionary.size() / 256);
  return text + dictionary + std::string(data);
}

template <class T>
std::string npy_of(const std::string& descr, const Shape& shape, const std::vector<T>& values) {
  std::string sizes;
  for (const auto size : shape) sizes += std::to_string(size) + ", ";
  return npy_text("{'descr': '" + descr + "', 'fortran_order': False, 'shape': (" + sizes + "), }",
                  std::string_view(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)));
}

/// All inputs of a sample, as bytes.
inline Result<std::vector<std::vector<std::byte>>> sample_of(const Dataset& data, std::size_t index) {
  std::vector<std::vector<std::byte>> buffers;
  for (const auto& input : data.inputs()) {
    buffers.emplace_back(static_cast<std::size_t>(element_count(input.shape)) * size_of(input.type));
  }
  const std::vector<std::span<std::byte>> views(buffers.begin(), buffers.end());
  if (const auto read = data.read(index, views); !read) return failed(read);
  return buffers;
}

template <class T>
std::vector<T> values_of(std::span<const std::byte> bytes) {
  const auto* values = reinterpret_cast<const T*>(bytes.data());
  return {values, values + bytes.size() / sizeof(T)};
}

/// The first input of a sample; empty when it cannot be read.
template <class T>
std::vector<T> first_input(const Dataset& data, std::size_t index) {
  const auto sample = sample_of(data, index);
  return sample ? values_of<T>(sample->front()) : std::vector<T>{};
}

}  // namespace quantrail
