// ICU as far as libxml2.a asks for it, with no encoding to offer: second_reading.cpp parses only the three encodings
// that libxml2 knows itself. libxml2.so would bring ICU, 33 MB to map, and with it libstdc++.so: loading these took a
// third of a short command's time. The names are those of ICU's header, with the version that libxml2.a asks for.
#define U_SHOW_CPLUSPLUS_API 0
#include <unicode/ucnv.h>

UConverter *ucnv_open(const char *, UErrorCode *error) {
    *error = U_UNSUPPORTED_ERROR;
    return nullptr;
}

void ucnv_close(UConverter *) {}

void ucnv_convertEx(UConverter *, UConverter *, char **, const char *, const char **, const char *, UChar *, UChar **,
                    UChar **, const UChar *, UBool, UBool, UErrorCode *error) {
    *error = U_UNSUPPORTED_ERROR;
}

void ucnv_setToUCallBack(UConverter *, UConverterToUCallback, const void *, UConverterToUCallback *, const void **,
                         UErrorCode *error) {
    *error = U_UNSUPPORTED_ERROR;
}

void ucnv_setFromUCallBack(UConverter *, UConverterFromUCallback, const void *, UConverterFromUCallback *,
                           const void **, UErrorCode *error) {
    *error = U_UNSUPPORTED_ERROR;
}

void UCNV_TO_U_CALLBACK_STOP(const void *, UConverterToUnicodeArgs *, const char *, int32_t, UConverterCallbackReason,
                             UErrorCode *) {}

void UCNV_FROM_U_CALLBACK_STOP(const void *, UConverterFromUnicodeArgs *, const UChar *, int32_t, UChar32,
                               UConverterCallbackReason, UErrorCode *) {}
