from django.urls import path

from portal.views.home import HomeView
from portal.views.sign_in import SignInView

app_name = "portal"
urlpatterns = [
    path("", HomeView.as_view(), name="home"),
    path("sign-in/", SignInView.as_view(), name="sign-in"),
]
