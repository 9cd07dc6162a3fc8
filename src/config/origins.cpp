#include "config/origins.h"

#include <fmt/format.h>

#include <algorithm>

namespace quantrail {
namespace {

bool holds_structures(const Json::Array& list) {
  return std::any_of(list.begin(), list.end(), [](const Json& element) {
    return element.as<Json::Object>() != nullptr || element.as<Json::Array>() != nullptr;
  });
}

/// `written`: null where the file has nothing in this place.
void collect(const Json* written, const Json& used, const std::string& path, std::map<std::string, std::string>& out) {
  if (const auto* object = used.as<Json::Object>()) {
    for (const auto& [key, value] : *object) {
      collect(written == nullptr ? nullptr : written->find(key), value, path.empty() ? key : path + "." + key, out);
    }
    return;
  }
  const auto* list = used.as<Json::Array>();
  if (list != nullptr && holds_structures(*list)) {
    const auto* before = written == nullptr ? nullptr : written->as<Json::Array>();
    for (std::size_t at = 0; at < list->size(); ++at) {
      const Json* element = before != nullptr && at < before->size() ? &(*before)[at] : nullptr;
      collect(element, (*list)[at], fmt::format("{}[{}]", path, at), out);
    }
    return;
  }
  if (!used.is_null()) out[path] = written != nullptr && *written == used ? "file" : "set";
}

}  // namespace

std::map<std::string, std::string> origins_of(const Json& written, const Json& used) {
  std::map<std::string, std::string> out;
  collect(&written, used, "", out);
  return out;
}

}  // namespace quantrail
