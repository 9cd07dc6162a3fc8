#include "config/paths.h"

#include <cstdlib>

#include "base/text.h"

namespace quantrail {

Result<std::string> expanded(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    if (text.starts_with("$${")) {
      out += "${";
      text.remove_prefix(3);
    } else if (text.starts_with("${")) {
      const auto end = text.find('}');
      if (end == std::string_view::npos) return fail(Cause::InvalidInput, "\"{}\" has no closing }}", printable(text));
      const std::string name(text.substr(2, end - 2));
      const char* value = std::getenv(name.c_str());
      if (value == nullptr) {
        return fail(Cause::InvalidInput, "the environment variable {} is not set", printable(name));
      }
      out += value;
      text.remove_prefix(end + 1);
    } else {
      out += text.front();
      text.remove_prefix(1);
    }
  }
  return out;
}

std::string escaped(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text.substr(i).starts_with("${")) out += '$';
    out += text[i];
  }
  return out;
}

Result<std::filesystem::path> resolved_path(std::string_view text, const std::filesystem::path& folder) {
  const auto plain = expanded(text);
  if (!plain) return failed(plain);
  if (plain->empty()) return fail(Cause::InvalidInput, "a path is needed, found an empty text");
  std::error_code error;
  const auto base = std::filesystem::absolute(folder, error);
  if (error) return fail(Cause::Backend, "{}: {}", folder.string(), error.message());
  return (base / *plain).lexically_normal();
}

}  // namespace quantrail
