// SPDX-License-Identifier: MIT
// Dates of SIP headers; see wire_date.h.
#include "sip/wire_date.h"

#include <stdio.h>
#include <string.h>

static const char *const days[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

char *wire_date_write(GDateTime *time)
{
    g_autoptr(GDateTime) gmt = g_date_time_to_utc(time);
    return g_strdup_printf(
        "%s, %02d %s %04d %02d:%02d:%02d GMT", days[g_date_time_get_day_of_week(gmt) - 1],
        g_date_time_get_day_of_month(gmt), months[g_date_time_get_month(gmt) - 1],
        g_date_time_get_year(gmt), g_date_time_get_hour(gmt), g_date_time_get_minute(gmt),
        g_date_time_get_second(gmt));
}

static int month_of(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(months); i++) {
        if (g_ascii_strcasecmp(name, months[i]) == 0) {
            return (int)i + 1;
        }
    }
    return 0;
}

GDateTime *wire_date_read(const char *text)
{
    int day, year, hour, minute, second, end = 0;
    char month[4] = "";
    if (text == NULL ||
        sscanf(text, " %*3[A-Za-z], %2d %3[A-Za-z] %4d %2d:%2d:%2d GMT%n", &day, month, &year,
               &hour, &minute, &second, &end) != 6 ||
        end == 0) {
        return NULL;
    }
    return g_date_time_new_utc(year, month_of(month), day, hour, minute, second);
}
